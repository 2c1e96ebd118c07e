import Glibc

/// A program that the benchmark runs. It ends with its owner, and, through setpriv(1), with the benchmark, however that
/// ends: a signal to the benchmark leaves nothing running.
final class ChildProcess {
    let name: String
    let pid: pid_t
    /// Standard output and standard error.
    let outputFile: String
    private var isReaped = false

    init(_ name: String, _ command: [String], outputFile: String) throws {
        self.name = name
        self.outputFile = outputFile
        pid = try Self.spawn(["setpriv", "--pdeathsig", "KILL"] + command, outputFile)
    }

    deinit { kill() }

    var isRunning: Bool {
        if !isReaped, waitpid(pid, nil, WNOHANG) == pid { isReaped = true }
        return !isReaped
    }

    var output: String { readFile(outputFile) ?? "" }

    func kill() {
        guard !isReaped else { return }
        _ = Glibc.kill(pid, SIGKILL)
        waitpid(pid, nil, 0)
        isReaped = true
    }

    /// Waits for its end; false when the time is over.
    func wait(seconds: Double) -> Bool { Clock.wait(seconds: seconds) { !isRunning } }

    /// Waits until it has come up, by whatever sign of it.
    func waitUntil(_ isUp: () throws -> Bool) throws {
        let isThere = try Clock.wait(seconds: 10) { try !isRunning || isUp() }
        guard isThere, isRunning else {
            let last = output.split(separator: "\n").suffix(3).joined(separator: " / ")
            throw Failure("\(name) did not start: \(last)")
        }
    }

    /// With all signals as they are by default, whatever started the benchmark has done to them.
    private static func spawn(_ command: [String], _ outputFile: String) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, outputFile, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
        var arguments = command.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var pid: pid_t = 0
        let error = posix_spawnp(&pid, command[0], &actions, &attributes, &arguments, environ)
        guard error == 0 else {
            throw Failure("cannot run \(command[0]): \(String(cString: strerror(error)))")
        }
        return pid
    }
}

/// The text of a file; nil if it cannot be read. Works for /proc too, whose files have no size.
func readFile(_ path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    return try? Sockets.readToEnd(descriptor)
}

/// Writes a file anew.
func writeFile(_ path: String, _ text: String) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw Failure.system("write \(path)") }
    defer { close(descriptor) }
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        guard count > 0 else { throw Failure.system("write \(path)") }
        rest = rest.dropFirst(count)
    }
}
