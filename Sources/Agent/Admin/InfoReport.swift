internal import AdminSocket
internal import Glibc
internal import Stats
internal import System

extension Report {
    /// `show info`: who the daemon is and what it does. In text `Name: value`, one a line.
    /// Values of options that are not in force are for those of `level` operator.
    static func info(_ agent: RunningAgent, level: Level) -> Report {
        let settings = agent.settings.settings.destination
        let isVerified = !settings.transport.isInsecure
        let fields: [Field] =
            [
                Field("name", "spoa-mirror"),
                Field("version", Version.number),
                Field("pid", getpid()),
                Field("uptime_sec", Int(MonotonicClock.now - agent.startedAt)),
                Field("listen", "\(agent.configuration.address)"),
                Field("destination", settings.url.text),
            ] + state(agent) + [
                Field("sample_rate", "\(settings.sampleRate)"),
                Field("tls_verification", JSON(isVerified), text: isVerified ? "on" : "off (--tls-insecure)"),
                Field("http_version", settings.transport.httpVersion.rawValue),
                Field("workers", agent.workers.count),
                Field("backend", agent.loop.backendName),
                Field("libev", Version.libev),
                Field("libcurl", Version.libcurl),
            ] + kept(agent.settings, showsValues: level >= .operator)
        return Report(
            lines: fields.map { "\($0.name.prefix(1).uppercased())\($0.name.dropFirst()): \($0.text)" },
            json: JSON([Field("format", 2)] + fields))
    }

    private static func state(_ agent: RunningAgent) -> [Field] {
        let report = agent.state.report
        let answerAge = report.answerAge.map { Int($0) }
        let reason = report.losses.reason?.name
        let breakerReason = report.breaker.reason?.rawValue
        // Of a pause that ends by itself.
        let left = agent.settings.pauseLeft.map { Field("pause_left_sec", Int($0.rounded(.up))) }
        return [
            Field("state", report.state.rawValue),
            Field("state_since_sec", Int(report.age)),
            Field("state_reason", report.reason),
        ] + [left].compactMap(\.self) + [
            Field("last_answer_age_sec", JSON(answerAge), text: answerAge.map { "\($0)" } ?? "never"),
            // Of the last state-window.
            Field("lost_percent", (report.losses.share * 1000).rounded() / 10),
            Field("lost_reason", JSON(reason), text: reason ?? "none"),
            Field("breaker", report.breaker.state.rawValue),
            Field("breaker_reason", JSON(breakerReason), text: breakerReason ?? "none"),
            Field("breaker_since_sec", Int(report.breakerAge)),
        ]
    }
}
