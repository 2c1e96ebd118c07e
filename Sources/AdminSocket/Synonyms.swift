/// What operators type who think of other programs, above all of HAProxy's own commands.
enum Synonyms {
    /// A command of ours for a word, or two, of others; nil when there is none.
    static func command(for words: [String]) -> String? {
        guard let first = words.first else { return nil }
        let second = words.dropFirst().first ?? ""
        if second == "pause" || second == "paused", endings.contains(first) { return "resume" }
        if first == "show" || first == "get", let command = shown[second] { return command }
        if first == "show", SettingName(rawValue: second) != nil { return "show settings" }
        if first == "clear", second == "stat" || second == "stats" { return "clear counters" }
        return commands[first]
    }

    /// What is no command of ours, and who does it.
    static let elsewhere = [
        "reload": "'systemctl reload spoa-mirror' does that",
        "restart": "'systemctl restart spoa-mirror' does that",
        "shutdown": "'systemctl stop spoa-mirror' does that",
        "kill": "'systemctl stop spoa-mirror' does that",
        "halt": "'systemctl stop spoa-mirror' does that",
    ]

    private static let endings: Set = [
        "disable", "stop", "end", "cancel", "undo", "unset", "no", "clear", "remove", "leave", "lift",
        "delete",
    ]

    private static let commands = [
        "disable": "pause", "stop": "pause", "offline": "pause", "off": "pause", "hold": "pause",
        "mute": "pause",
        "suspend": "pause",
        "enable": "resume", "start": "resume", "unpause": "resume", "online": "resume", "on": "resume",
        "continue": "resume", "unmute": "resume",
        "config": "show settings", "get": "show settings", "list": "show settings",
        "options": "show settings",
        "drain": "wait drained", "drained": "wait drained",
        "sessions": "show connections", "sess": "show connections", "clients": "show connections",
        "failures": "show errors", "log": "show errors", "logs": "show errors", "last": "show errors",
        "counters": "show stat", "statistics": "show stat", "latency": "show stat", "activity": "show stat",
        "ping": "probe", "test": "probe", "check": "probe", "connect": "probe", "purge": "flush",
        "status": "show info", "state": "status", "top": "status", "watch": "status", "monitor": "status",
        "dashboard": "status", "health": "status",
        "write": "save state", "commit": "save state", "store": "save state", "persist": "save state",
        "exit": "quit", "q": "quit", "bye": "quit", "logout": "quit", "close": "quit",
        "restore": "reset", "default": "reset", "defaults": "reset", "revert": "reset", "undo": "reset",
        "unset": "reset",
        "?": "help", "h": "help", "man": "help", "usage": "help", "commands": "help",
        "destination": "set url", "mirror": "set url", "target": "set url", "backend": "set url",
        "server": "set url",
    ]

    /// What follows `show`.
    private static let shown: [String: String] = {
        let lists = [
            "status": "state status health pause paused mirroring",
            "show info":
                "backend backends server servers destination mirror url workers threads uptime pid build",
            "show connections": "sess session sessions clients client peers applets fd cli",
            "show errors": "log logs failures dropped drops failed events lost",
            "show stat": "counter counters activity rate rates latency latencies requests copies durations",
            "show settings":
                "config configuration options env vars option param params running-config defaults",
            "help": "help commands ?",
        ]
        return lists.reduce(into: [:]) { table, entry in
            for word in entry.value.split(separator: " ") { table[String(word)] = entry.key }
        }
    }()

    /// The setting that others call so.
    static func setting(_ name: String) -> SettingName? { settings[name] }

    private static let settings: [String: SettingName] = [
        "destination": .url, "mirror": .url, "target": .url, "server": .url, "backend": .url, "addr": .url,
        "address": .url, "upstream": .url, "weight": .sampleRate, "rate": .sampleRate, "sample": .sampleRate,
        "ratelimit": .maxRate,
        "rate-limit": .maxRate, "prefix": .stripPrefix, "percent": .sampleRate,
        "percentage": .sampleRate, "share": .sampleRate, "ratio": .sampleRate, "maxconn": .maxConnections,
        "bufsize": .haproxyBufsize, "tune.bufsize": .haproxyBufsize, "debug": .logLevel, "verbose": .logLevel,
        "verbosity": .logLevel, "method": .methods, "retries": .resend, "retry": .resend,
        "circuit-breaker": .breaker, "circuit": .breaker, "fuse": .breaker,
        "header": .headers,
        "memory": .maxQueueBytes, "concurrency": .maxInFlight, "parallel": .maxInFlight,
    ]
}
