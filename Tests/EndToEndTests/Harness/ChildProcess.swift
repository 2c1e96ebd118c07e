import Foundation
import Synchronization

/// A child process whose output goes to two files, and which ends at the latest when its owner lets go of it.
final class ChildProcess: Sendable {
    enum Exit: Equatable, Sendable {
        case status(Int32)
        case signal(Int32)
    }

    let pid: pid_t
    let outputFile: String
    let errorFile: String
    private let exit = Mutex<Exit?>(nil)

    /// Starts `executable`, adding to whatever the two files already hold.
    init(
        _ executable: String, _ arguments: [String], outputFile: String, errorFile: String,
        environment changes: [String: String] = [:]
    ) throws {
        guard FileManager.default.isExecutableFile(atPath: executable) else {
            throw HarnessError("\(executable) is not there or cannot be executed")
        }
        self.outputFile = outputFile
        self.errorFile = errorFile

        let launcher = try Executables.find("setpriv")
        let command = [launcher, "--pdeathsig", "KILL", executable] + arguments
        let environment = ProcessInfo.processInfo.environment.merging(changes) { $1 }
        let (pid, error) = Launcher.shared.run {
            spawn(
                command, environment: environment.map { "\($0)=\($1)" }, outputFile: outputFile,
                errorFile: errorFile)
        }
        guard error == 0 else { throw HarnessError("posix_spawn \(executable): errno \(error)") }
        self.pid = pid
    }

    deinit {
        kill()
    }

    /// What the process has written to its standard output so far.
    var output: String { contents(of: outputFile) }

    /// What the process has written to its standard error so far.
    var errors: String { contents(of: errorFile) }

    var isRunning: Bool { poll() == nil }

    func send(signal: Int32) {
        exit.withLock { exit in
            // Once it has been reaped the pid may belong to somebody else.
            if exit == nil { _ = Glibc.kill(pid, signal) }
        }
    }

    /// How the process ended; nil while it runs.
    func poll() -> Exit? {
        exit.withLock { exit in
            if exit == nil { exit = reap(pid, options: WNOHANG) }
            return exit
        }
    }

    /// Waits for the process to end by itself.
    func wait(within limit: TimeInterval = patience) throws -> Exit {
        try eventually("process \(pid) ends", within: limit, evidence: { output + errors }, find: poll)
    }

    /// Ends the process and whatever it started that is still in its process group.
    func kill() {
        exit.withLock { exit in
            guard exit == nil else { return }
            _ = Glibc.kill(-pid, SIGKILL)
            _ = Glibc.kill(pid, SIGKILL)
            exit = reap(pid, options: 0)
        }
    }
}

/// Collects the exit status of `pid`; nil if it still runs.
private func reap(_ pid: pid_t, options: Int32) -> ChildProcess.Exit? {
    var status: Int32 = 0
    var result: pid_t
    repeat { result = waitpid(pid, &status, options) } while result < 0 && errno == EINTR
    if result == 0 { return nil }
    let signal = status & 0x7f
    return signal == 0 ? .status((status >> 8) & 0xff) : .signal(signal)
}

/// Forks and executes `command` in a process group of its own. All of the harness's descriptors close on exec.
private func spawn(
    _ command: [String], environment: [String], outputFile: String, errorFile: String
) -> (pid: pid_t, error: Int32) {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    let append = O_WRONLY | O_CREAT | O_APPEND
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, outputFile, append, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, errorFile, append, 0o600)

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // The test runner may have blocked or ignored signals; an agent is started by its service manager with none.
    var none = sigset_t()
    var all = sigset_t()
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setpgroup(&attributes, 0)
    let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
    posix_spawnattr_setflags(&attributes, Int16(flags))

    var argumentPointers = command.map { strdup($0) } + [nil]
    var environmentPointers = environment.map { strdup($0) } + [nil]
    defer { for pointer in argumentPointers + environmentPointers { free(pointer) } }
    var pid: pid_t = 0
    let error = posix_spawn(
        &pid, command[0], &actions, &attributes, &argumentPointers, &environmentPointers)
    return (pid, error)
}
