import Glibc
import SPOP

/// The first two frames of a connection, HAProxy's and the agent's.
enum Handshake {
    /// Opens a connection and agrees on SPOP; on return it is non-blocking.
    static func connect(port: UInt16, maxFrameSize: Int) throws -> Int32 {
        let descriptor = try Sockets.connect(port: port)
        do {
            try Sockets.writeAll(descriptor, hello(maxFrameSize: maxFrameSize))
            let length = try read(descriptor, count: 4).reduce(0) { $0 << 8 | Int($1) }
            let type = length > 0 ? try read(descriptor, count: length).first : nil
            guard type == FrameType.agentHello.rawValue else {
                throw Failure("the agent on port \(port) answered HELLO with type \(type ?? 0)")
            }
        } catch {
            close(descriptor)
            throw error
        }
        Sockets.makeNonBlocking(descriptor)
        return descriptor
    }

    private static func hello(maxFrameSize: Int) -> [UInt8] {
        var body: [UInt8] = [FrameType.haproxyHello.rawValue]
        body.appendUInt32(FrameFlags.fin.rawValue)
        body += [0, 0]
        body.appendString("supported-versions")
        body.append(8)
        body.appendString("2.0")
        body.appendString("max-frame-size")
        body.append(3)
        body.appendVarint(UInt64(maxFrameSize))
        body.appendString("capabilities")
        body.append(8)
        body.appendString("pipelining")
        body.appendString("engine-id")
        body.append(8)
        body.appendString("benchmark")
        var bytes: [UInt8] = []
        bytes.appendUInt32(UInt32(body.count))
        return bytes + body
    }

    private static func read(_ descriptor: Int32, count: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var have = 0
        while have < count {
            let result = bytes.withUnsafeMutableBytes {
                Glibc.read(descriptor, $0.baseAddress.map { $0 + have }, count - have)
            }
            guard result > 0 else { throw Failure("the agent gave no HELLO") }
            have += result
        }
        return bytes
    }
}
