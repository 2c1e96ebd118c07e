internal import Glibc
internal import Logging
internal import System

/// How one event becomes a line, depending on who reads it.
enum LogFormat: Sendable {
    /// `2026-11-22T13:04:05.678Z info message`.
    case plain
    /// `<6>message`: the journal keeps the time itself (sd-daemon(3)).
    case journal
    /// `<30>Nov 22 13:04:05 spoa-mirror[99]: message`, facility daemon (RFC 3164, section 4.1, as /dev/log takes it).
    case syslog

    /// LOG_DAEMON.
    private static let facility = 3 << 3

    /// What standard output or standard error takes: JOURNAL_STREAM says when the journal is behind it (systemd.exec(5)).
    static func of(standard descriptor: Int32) -> LogFormat {
        var status = stat()
        guard let stream = Environment.value("JOURNAL_STREAM"), unsafe fstat(descriptor, &status) == 0,
            stream == "\(status.st_dev):\(status.st_ino)"
        else { return .plain }
        return .journal
    }

    /// The line, without its end.
    func line(_ level: Logger.Level, _ message: String) -> String {
        switch self {
        case .plain: return "\(Timestamp.text()) \(level) \(message)"
        case .journal: return "<\(level.severity)>\(message)"
        case .syslog:
            return
                "<\(Self.facility | level.severity)>\(Timestamp.syslog()) spoa-mirror[\(getpid())]: \(message)"
        }
    }
}

extension Logger.Level {
    /// The severity of syslog(3).
    fileprivate var severity: Int {
        switch self {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}
