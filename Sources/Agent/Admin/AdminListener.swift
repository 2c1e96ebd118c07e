internal import Glibc
internal import System

/// One admin socket and its clients, on the main thread.
final class AdminListener {
    private let server: Server

    /// Opens the socket with its mode and group, and starts to serve it.
    init(_ option: AdminSocketOption, loop: EventLoop, errors: RepeatedErrors, agent: RunningAgent) throws {
        server = try Server(.unix(option.socket), backlog: 32, loop: loop, errors: errors)
        let places = Places<AdminConnection>(count: 32)
        server.start { descriptor in
            let path = option.socket.path
            guard places.find(for: "admin client", at: "\(path): ", all: "all places", errors) else {
                let text = "\(AdminConnection.crowded(places.count)).\n\n"
                _ = unsafe send(descriptor.rawValue, text, text.utf8.count, Int32(MSG_NOSIGNAL))
                return
            }
            places.serve(AdminConnection(descriptor, level: option.level, agent: agent, places: places))
        }
    }
}
