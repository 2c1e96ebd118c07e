internal import AdminSocket
internal import Glibc
internal import System

/// One admin socket and its clients, on the main thread. The socket file lives as long as the listener.
final class AdminListener {
    private let option: AdminSocketOption
    private let errors: RepeatedErrors
    private let agent: RunningAgent
    private let file: SocketFile
    private var acceptor: Acceptor?
    private let places = Places<AdminConnection>(count: 32)

    /// Opens the socket with its mode and group, and starts to serve it.
    init(
        _ option: AdminSocketOption, loop: EventLoop, errors: RepeatedErrors, agent: RunningAgent
    ) throws {
        self.option = option
        self.errors = errors
        self.agent = agent
        let socket = Descriptor(owning: try ListeningSocket.openUnix(option.socket, backlog: 32))
        file = SocketFile(bound: option.socket.path)
        acceptor = Acceptor(
            socket, loop: loop, failed: { errors.report("accept", SystemError.text(of: $0)) },
            accepted: { [unowned self] in serve($0) })
    }

    private func serve(_ descriptor: consuming Descriptor) {
        switch places.find() {
        case .free: break
        case .made:
            errors.report("admin client closed", "\(option.socket.path): idle, and all places are taken")
        case .none:
            errors.report(
                "admin client refused", "\(option.socket.path): all places are taken, nobody is idle")
            let text = "\(AdminConnection.crowded(places.count)).\n\n"
            _ = unsafe send(descriptor.rawValue, text, text.utf8.count, Int32(MSG_NOSIGNAL))
            return
        }
        let client = AdminConnection(descriptor, level: option.level, agent: agent, places: places)
        places.take(client)
        client.start()
    }
}
