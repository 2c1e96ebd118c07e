internal import AdminSocket
internal import CLinux
internal import Glibc

/// One admin socket and its clients, on the main thread.
final class AdminListener {
    private static let maxClients = 32

    private let option: AdminSocketOption
    private let socket: Descriptor
    private let loop: EventLoop
    private let report: () -> AgentReport
    private var watcher: IOWatcher?
    private var clients: [ObjectIdentifier: AdminConnection] = [:]

    /// Opens the socket with its mode and group, and starts to serve it.
    init(_ option: AdminSocketOption, loop: EventLoop, report: @escaping () -> AgentReport) throws {
        self.option = option
        self.loop = loop
        self.report = report
        // Nobody may connect between bind and chmod.
        let mask = umask(0o177)
        defer { umask(mask) }
        socket = Descriptor(owning: try ListeningSocket.openUnix(option.path, backlog: 32))
        if let group = option.group, unsafe chown(option.path, uid_t.max, group) != 0 {
            throw SystemError("give \(option.path) to its group")
        }
        guard unsafe chmod(option.path, option.mode) == 0 else {
            throw SystemError("set the mode of \(option.path)")
        }
        watcher = IOWatcher(loop: loop) { [unowned self] _ in accept() }
        watcher?.watch(socket.rawValue, for: .read)
    }

    /// Removes the socket file; clients that are connected are cut off.
    func close() {
        watcher?.stop()
        clients.removeAll()
        _ = unsafe unlink(option.path)
    }

    private func accept() {
        let number = accept4(
            socket.rawValue, nil, nil, Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue))
        guard number >= 0 else { return }
        let descriptor = Descriptor(owning: number)
        guard clients.count < Self.maxClients else { return }
        let client = AdminConnection(descriptor, level: option.level, loop: loop, report: report) {
            [unowned self] in
            clients[ObjectIdentifier($0)] = nil
        }
        clients[ObjectIdentifier(client)] = client
    }
}
