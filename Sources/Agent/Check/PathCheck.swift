internal import Glibc
internal import System

/// Whether what the agent would open or make can be opened or made. Makes nothing, and changes nothing.
struct PathCheck {
    let places: ServicePlaces

    /// Throws unless `path` can be made, or replaced, in its directory; `kind` is that of `ServicePlaces`.
    func making(_ option: String, _ path: String, _ kind: String) throws {
        guard try sandbox(option, path, kind) else { return }
        let folder = Files.directory(of: path)
        guard Files.exists(folder) || !places.makes(Files.resolved(folder)) else { return }
        let code = Files.refusal(folder, W_OK | X_OK)
        guard code != 0 else { return }
        guard code != ENOENT else {
            let hint = hint(path, kind) ?? "; make it first"
            throw CheckProblem("\(option): \(path.debugDescription): there is no folder \(folder)\(hint)")
        }
        let hint = hint(path, kind) ?? "; it takes the right to write in \(folder)"
        throw SystemError("make \(path.debugDescription) (\(option)\(hint))", code: code)
    }

    /// Throws unless a log can be written there.
    func log(_ path: String) throws {
        guard try sandbox("--logfile", path, "logs") else { return }
        // Not made, and not emptied. Not blocking: nobody may read a pipe that stands in its place.
        let number = unsafe open(path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        if number >= 0 {
            close(number)
            return
        }
        guard errno == ENOENT else {
            let code = errno
            let hint = hint(path, "logs") ?? ""
            throw SystemError("open log file \(path.debugDescription) (--logfile\(hint))", code: code)
        }
        try making("--logfile", path, "logs")
    }

    /// Throws unless a pid file can be there.
    func pidFile(_ path: String) throws {
        guard try sandbox("--pidfile", path, "runtime") else { return }
        if try PIDFile.inspect(path) { return }
        try making("--pidfile", path, "runtime")
    }

    /// Throws unless a UNIX socket can be bound there, by whoever listens there last at the latest.
    func socket(_ option: String, _ socket: UnixSocket) throws {
        let path = socket.path
        try making(option, path, "runtime")
        var status = stat()
        if unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT != S_IFSOCK {
            throw CheckProblem(
                "\(option): \(path.debugDescription) is there and is not a socket; remove it, or name another path",
                status: ExitStatus.unavailable)
        }
        guard let group = socket.group, group != getegid(), geteuid() != 0 else { return }
        var groups = [gid_t](repeating: 0, count: 256)
        let count = unsafe getgroups(Int32(groups.count), &groups)
        guard !groups.prefix(Int(max(0, count))).contains(group) else { return }
        throw SystemError(
            "give \(path) to group \(group) (\(option); the user who runs the agent has to be a member)",
            code: EPERM)
    }

    /// Throws for a file that the service does not see; that it can be read has been seen already.
    func reading(_ option: String, _ path: String) throws {
        let why: String
        switch places.access(to: Files.resolved(path)) {
        case .writable, .readOnly: return
        case .hidden(let setting): why = setting
        case .ownTemporary: why = "PrivateTmp"
        }
        throw CheckProblem(
            "\(option): the service does not see \(path.debugDescription) (\(why)); it sees what is under /etc",
            status: ExitStatus.usage)
    }

    private func hint(_ path: String, _ kind: String) -> String? {
        places.better(path, kind).map { "; it may write \($0)" }
    }

    /// Throws for what the service would not see, or not be allowed. False when what is there now is not what the service finds there.
    private func sandbox(_ option: String, _ path: String, _ kind: String) throws -> Bool {
        switch places.access(to: Files.resolved(path)) {
        case .writable: return true
        case .ownTemporary: return false
        case .readOnly(let setting), .hidden(let setting):
            throw CheckProblem(
                "\(option): the service may not write \(path.debugDescription) (\(setting))\(hint(path, kind) ?? "")"
            )
        }
    }
}
