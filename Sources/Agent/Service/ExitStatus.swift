internal import AdminSocket
internal import Glibc
internal import Logging

/// How the process ends, by sysexits(3).
enum ExitStatus {
    static let usage: Int32 = 64
    static let unavailable: Int32 = 69
    static let software: Int32 = 70
    static let osError: Int32 = 71
    static let cannotCreate: Int32 = 73
    static let noPermission: Int32 = 77
    static let config: Int32 = 78

    /// The code for an error at start-up.
    static func code(for error: any Error) -> Int32 {
        switch error {
        case is UsageError, is InvalidValue, is ProgramArguments.NotText: usage
        case let error as SystemError where error.code == EACCES || error.code == EPERM: noPermission
        case let error as SystemError where error.code == EADDRINUSE || error.code == EADDRNOTAVAIL:
            unavailable
        case is SystemError, is TooFewResources, is BackendUnavailable, is OutOfMemory: osError
        case is ListenError: unavailable
        case is PIDFileError: cannotCreate
        case is StateFileError: config
        default: software
        }
    }

    /// One line on standard error, then the end.
    static func fail(_ error: any Error) -> Never {
        tell(error)
        exit(code(for: error))
    }

    /// One line on standard error.
    static func tell(_ error: any Error) {
        // Values from the command line are echoed: what would break the line is shown escaped.
        let text = "\(error)".map { $0.isNewline ? "\\n" : String($0) }.joined()
        let isInJournal = LogFormat.of(standard: STDERR_FILENO) == .journal
        let line = isInJournal ? "\(LogFormat.journal.line(.error, text))\n" : "spoa-mirror: \(text)\n"
        _ = unsafe write(STDERR_FILENO, line, line.utf8.count)
    }
}
