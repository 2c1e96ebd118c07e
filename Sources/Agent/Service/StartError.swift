internal import Glibc
internal import System

extension ExitStatus {
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
        LastWords.say(error)
        exit(code(for: error))
    }
}
