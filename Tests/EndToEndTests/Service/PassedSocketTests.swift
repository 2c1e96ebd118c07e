import Foundation
import Testing

extension EndToEnd {
    /// With systemd's own program for trying socket activation, which listens and runs the agent at the first connection.
    @Suite("Sockets that a service manager passes")
    struct PassedSocketTests {
        @Test("HAProxy's connection is served on them", arguments: [false, true])
        func served(isUnix: Bool) throws {
            let directory = try TemporaryDirectory()
            let mirror = try RecordingMirror()
            let unused = try Ports.free()
            let endpoint: Endpoint =
                isUnix ? .unix(directory.file("spop.sock")) : .loopback(try Ports.free())
            let agent = try activate(
                endpoint, ["-p", String(unused), "-u", "http://127.0.0.1:\(mirror.port)/"], in: directory)
            let client = try eventually("the activator listens", evidence: { agent.errors }) {
                try? SPOPClient(endpoint)
            }
            try client.notify(.init(target: "/passed"))
            _ = try mirror.request(for: "/passed") { agent.output }
            #expect((try? Socket.connect(to: .loopback(unused))) == nil, "listens where the options say too")
            agent.send(signal: SIGTERM)
            #expect(try agent.wait() == .status(0))
            #expect(agent.output.contains("(passed by the service manager)"))
            #expect(agent.output.contains(" warning ignoring -a and -p: listening on "), "\(agent.output)")
            // The socket's file belongs to who made it.
            if case .unix(let path) = endpoint { #expect(FileManager.default.fileExists(atPath: path)) }
        }

        @Test("a wrong kind of socket is one line and no start")
        func wrongKind() throws {
            let directory = try TemporaryDirectory()
            let path = directory.file("datagrams")
            let agent = try activate(.unix(path), [], options: ["--datagram"], in: directory)
            try eventually("the activator listens", evidence: { agent.errors }) {
                FileManager.default.fileExists(atPath: path)
            }
            #expect(NotifySender.send("x", to: path))
            let exit = try agent.wait()
            #expect(exit == .status(69), "\(exit) \(agent.errors)")
            let lines = agent.errors.split(separator: "\n").filter { $0.hasPrefix("spoa-mirror:") }
            #expect(lines.count == 1 && lines[0].contains("ListenStream="), "\(agent.errors)")
        }

        private func activate(
            _ endpoint: Endpoint, _ arguments: [String], options: [String] = [],
            in directory: TemporaryDirectory
        ) throws -> ChildProcess {
            let address =
                switch endpoint {
                case .tcp(let host, let port): "\(host):\(port)"
                case .unix(let path): path
                }
            return try ChildProcess(
                try Executables.find("systemd-socket-activate"),
                options + ["--listen", address, try Executables.agent(), "-r", "2m"] + arguments,
                outputFile: directory.file("agent.out"), errorFile: directory.file("agent.err"))
        }
    }
}

/// Sends one datagram.
enum NotifySender {
    static func send(_ text: String, to path: String) -> Bool {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: path.utf8) }
        return withUnsafeBytes(of: &name) {
            let address = $0.baseAddress?.assumingMemoryBound(to: sockaddr.self)
            return sendto(descriptor, text, text.utf8.count, 0, address, socklen_t($0.count)) > 0
        }
    }
}
