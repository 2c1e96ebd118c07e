internal import Glibc
internal import System

extension Server {
    /// Opens one admin socket, with its mode and group, and serves it.
    static func admin(
        _ option: AdminSocketOption, loop: EventLoop, errors: RepeatedErrors, agent: RunningAgent
    ) throws -> Server {
        let server = try Server(.unix(option.socket), backlog: 32, loop: loop, errors: errors)
        let places = Places<AdminConnection>(count: 32)
        server.start { descriptor in
            let place = "\(option.socket.path): "
            guard places.find(for: "admin client", at: place, all: "all places", errors) else {
                let text = "\(AdminConnection.crowded(places.count)).\n\n"
                _ = unsafe send(descriptor.rawValue, text, text.utf8.count, Int32(MSG_NOSIGNAL))
                return
            }
            places.serve(AdminConnection(descriptor, level: option.level, agent: agent, places: places))
        }
        return server
    }
}
