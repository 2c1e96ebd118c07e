internal import AdminSocket
internal import Glibc

/// One admin socket and its clients, on the main thread. The socket file lives as long as the listener.
final class AdminListener {
    private static let maxClients = 32

    private let option: AdminSocketOption
    private let agent: AdminContext
    private let file: SocketFile
    private var acceptor: Acceptor?
    private var clients: [ObjectIdentifier: AdminConnection] = [:]

    /// Opens the socket with its mode and group, and starts to serve it.
    init(
        _ option: AdminSocketOption, loop: EventLoop, errors: RepeatedErrors, agent: AdminContext
    ) throws {
        self.option = option
        self.agent = agent
        let socket = Descriptor(owning: try ListeningSocket.openUnix(option.socket, backlog: 32))
        file = SocketFile(bound: option.socket.path)
        acceptor = Acceptor(
            socket, loop: loop, failed: { errors.report("accept", SystemError.text(of: $0)) },
            accepted: { [unowned self] in serve($0) })
    }

    private func serve(_ descriptor: consuming Descriptor) {
        guard clients.count < Self.maxClients else {
            let text = "Too many connections (\(Self.maxClients) at most).\n\n"
            _ = unsafe send(descriptor.rawValue, text, text.utf8.count, Int32(MSG_NOSIGNAL))
            return
        }
        let client = AdminConnection(descriptor, level: option.level, agent: agent) {
            [unowned self] in
            clients[ObjectIdentifier($0)] = nil
        }
        clients[ObjectIdentifier(client)] = client
    }
}
