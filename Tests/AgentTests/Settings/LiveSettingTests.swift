import AdminSocket
import Testing

@testable import Agent

@Suite("Live settings")
struct LiveSettingTests {
    /// For each setting some values, in the spelling that is shown again.
    static let values: [SettingName: [String]] = [
        .url: ["http://h/", "https://h:8443/base/x", "http://[::1]:80/"],
        .maxRate: ["none", "1/s", "1000000/s"],
        .sampleRate: ["0%", "0.001%", "12.5%", "100%"],
        .sampleKey: ["random", "source", "cookie:sid,source", "header:X-User,query:id,random"],
        .sampleSalt: ["none", "pepper"],
        .methods: ["all", "safe", "GET,PURGE", "CONNECT"],
        .hostHeader: ["preserve", "destination", "qa.example:8080"],
        .markHeader: ["none", "X-A: b c"],
        .headers: [
            "none", "remove:@credentials", #"remove:A,set:X-A: a b\, c,add:X-B:,add:X-B: \\"#,
        ],
        .credentialHeaders: ["none", "X-A", "X-A,x-b"], .stripPrefix: ["none", "/api", "/a/b"],
        .trace: ["keep", "drop", "child"],
        .truncatedBody: ["drop", "send", "headers"],
        .unknownLength: ["auto", "send", "drop"],
        .haproxyBufsize: ["auto", "16KiB", "65537"],
        .maxInFlight: ["1", "100000"], .maxConnecting: ["1", "100000"],
        .maxQueue: ["1", "10000000"],
        .maxQueueBytes: ["1KiB", "1025", "1024GiB"], .maxQueueAge: ["1ms", "90s", "1500us"],
        .connectTimeout: ["1ms", "1h"], .timeout: ["1s", "1d"], .maxResponse: ["0", "3MiB"],
        .resend: ["idempotent", "all", "never"],
        .breaker: ["off", "unreachable", "failures"], .breakerShare: ["0%", "12.5%", "100%"],
        .unreachableAfter: ["1s", "1500ms", "1h"], .degradedShare: ["0%", "2.5%", "100%"],
        .stateWindow: ["1s", "5m"],
        .maxConnections: ["1", "100000"], .helloTimeout: ["5s"],
        .logLevel: ["trace", "critical"], .requestLog: ["off", "on", "query", "all"],
        .requestLogRate: ["auto", "1", "100000"],
    ]

    private static func settings() throws -> Settings {
        Settings(destination: DestinationSettings(url: try MirrorURL("http://start/")))
    }

    @Test("each takes what it shows", arguments: SettingName.allCases)
    func roundTrip(_ name: SettingName) throws {
        for value in try #require(Self.values[name]) {
            var settings = try Self.settings()
            try settings.set(name, to: value)
            #expect(settings.text(of: name) == value)
            // Nothing else has changed.
            let start = try Self.settings()
            for other in SettingName.allCases where other != name {
                #expect(settings.text(of: other) == start.text(of: other))
            }
        }
    }

    @Test("a row says whose it is, and which words it takes", arguments: Setting.table)
    func rows(_ row: Setting) throws {
        let start = try Self.settings()
        for value in try #require(Self.values[row.name]) {
            var settings = start
            try settings.set(row.name, to: value)
            settings.destination = start.destination
            let isBack = settings.text(of: row.name) == start.text(of: row.name)
            #expect(isBack == (row.scope == .own || value == start.text(of: row.name)), "\(value)")
        }
        let words = row.values.filter { $0 == $0.lowercased() }
        for word in words {
            var settings = start
            try settings.set(row.name, to: word)
            #expect(settings.text(of: row.name) == word)
        }
        guard words == row.values else { return }
        var settings = start
        let error = #expect(throws: InvalidValue.self) { try settings.set(row.name, to: "?") }
        #expect(error?.accepted == words.joined(separator: ", "))
    }

    @Test("each refuses nonsense and stays as it was", arguments: SettingName.allCases)
    func nonsense(_ name: SettingName) throws {
        let start = try Self.settings()
        for value in ["", "\u{1}", "@ /", " "] {
            var settings = start
            #expect(throws: InvalidValue.self, "\(value.debugDescription)") {
                try settings.set(name, to: value)
            }
            #expect(settings.text(of: name) == start.text(of: name))
        }
    }
}
