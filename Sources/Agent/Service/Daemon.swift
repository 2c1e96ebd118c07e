internal import CLinux
internal import Glibc
internal import System

/// Going to the background (`-D`). The parent stays until the daemon says that it serves, so that whoever started it
/// knows from the exit code.
enum Daemon {
    /// The daemon's end of the line to its parent.
    struct Readiness: ~Copyable {
        private let pipe: Descriptor

        fileprivate init(pipe: consuming Descriptor) { self.pipe = pipe }

        /// Lets the parent exit with 0, and lets go of the terminal.
        consuming func serving() {
            let nothing = linux_open_nothing(O_RDWR)
            if nothing >= 0 {
                for standard in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] { dup2(nothing, standard) }
                close(nothing)
            }
            tell(0)
        }

        /// Lets the parent exit with `code`. To be called once the one line is on standard error.
        consuming func failed(_ code: Int32) { tell(UInt8(clamping: code)) }

        private func tell(_ code: UInt8) {
            var code = code
            _ = unsafe write(pipe.rawValue, &code, 1)
        }
    }

    /// Forks; returns in the daemon only. To be called before the first thread starts.
    static func detach() throws(SystemError) -> Readiness {
        var ends: [Int32] = [0, 0]
        guard unsafe linux_pipe(&ends) == 0 else { throw SystemError("make a pipe") }
        let reading = Descriptor(owning: ends[0])
        let writing = Descriptor(owning: ends[1])
        let child = fork()
        guard child >= 0 else { throw SystemError("fork") }
        guard child == 0 else {
            // The daemon must hold the only writing end: its death then ends the wait too.
            close(writing.release())
            waitForDaemon(reading.rawValue)
        }
        setsid()
        // Without a controlling terminal for ever: only a session leader could open one.
        let grandchild = fork()
        guard grandchild >= 0 else {
            let error = SystemError("fork")
            LastWords.say(error)
            Readiness(pipe: writing).failed(ExitStatus.osError)
            _exit(ExitStatus.osError)
        }
        if grandchild > 0 { _exit(0) }
        _ = unsafe chdir("/")
        return Readiness(pipe: writing)
    }

    private static func waitForDaemon(_ pipe: Int32) -> Never {
        var code = UInt8(ExitStatus.software)
        while unsafe read(pipe, &code, 1) < 0, errno == EINTR {}
        _exit(Int32(code))
    }
}
