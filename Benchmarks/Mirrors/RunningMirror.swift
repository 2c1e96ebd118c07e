import Glibc

/// What a mirror has had so far.
struct MirrorCounts {
    var requests = 0
    var connections = 0

    static func - (left: MirrorCounts, right: MirrorCounts) -> MirrorCounts {
        MirrorCounts(
            requests: left.requests - right.requests, connections: left.connections - right.connections)
    }
}

/// A mirror to send copies to, of any kind.
final class RunningMirror {
    private enum Server {
        case nginx(Nginx)
        case misbehaving(ChildProcess)
        /// A bound socket on which nobody listens.
        case nobody(Int32)
    }

    let kind: MirrorKind
    let port: UInt16
    private let server: Server

    init(_ kind: MirrorKind, in workshop: Workshop) throws {
        self.kind = kind
        switch kind {
        case .healthy:
            let nginx = try Nginx("nginx-mirror", in: workshop)
            server = .nginx(nginx)
            port = nginx.port
        case .refusing:
            let descriptor = try Sockets.bind()
            server = .nobody(descriptor)
            port = Sockets.port(of: descriptor)
        case .slow, .hung, .resetting, .huge:
            let process = try workshop.start(
                "mirror-\(kind)", ["/proc/\(getpid())/exe", "mirror", kind.rawValue])
            // It says on which port it listens.
            var told: UInt16?
            try process.waitUntil {
                told = process.output.split(separator: "\n").first.flatMap { UInt16($0) }
                return told != nil
            }
            guard let told else { throw Failure("the mirror told no port") }
            server = .misbehaving(process)
            port = told
        }
    }

    deinit {
        if case .nobody(let descriptor) = server { close(descriptor) }
    }

    var url: String { "http://127.0.0.1:\(port)/" }

    /// What it has had so far.
    func counts() throws -> MirrorCounts {
        switch server {
        case .nginx(let nginx): return try nginx.counts()
        case .nobody: return MirrorCounts()
        case .misbehaving:
            let answer = try Sockets.get(RequestScanner.countPath, port: port)
            let numbers = answer.split(whereSeparator: \.isNewline).last?.split(separator: " ")
                .compactMap { Int($0.drop { !$0.isNumber }) }
            guard let numbers, numbers.count == 2 else { throw Failure("the mirror told no count") }
            return MirrorCounts(requests: numbers[0], connections: numbers[1])
        }
    }
}
