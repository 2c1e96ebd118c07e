internal import SPOP
internal import System

/// What `show connections` tells of one connection from HAProxy.
struct ConnectionDescription: Sendable {
    /// `ADDRESS:PORT`, or the process at the other end of a UNIX socket.
    let peer: String
    private(set) var worker: Int
    /// Empty before HELLO, and when HAProxy gave none.
    let engineId: String
    /// What HAProxy can do, by its HELLO.
    let capabilities: [String]
    /// Bytes of the longest frame; 0 before HELLO.
    let maxFrameSize: Int
    /// Bytes of HAProxy's buffers (tune.bufsize), as far as its HELLO says; 0 before.
    let bufferSize: Int
    /// Frames that came.
    let frames: Int
    let ageSec: Double
    /// `hello`, `open` or `closing`.
    let state: String

    /// The same, of that worker.
    func on(worker: Int) -> ConnectionDescription {
        var entry = self
        entry.worker = worker
        return entry
    }
}

extension SPOPConnection {
    /// What `show connections` tells of this one; the worker's number is not known here.
    var description: ConnectionDescription {
        ConnectionDescription(
            peer: SocketAddress.peer(of: descriptor.rawValue) ?? "?", worker: 0,
            engineId: PrintableText.of(session.peer?.engineID.utf8 ?? "".utf8),
            capabilities: (session.peer?.capabilities ?? []).map(\.rawValue).sorted(),
            maxFrameSize: session.peer == nil ? 0 : session.splitter.maxFrameSize,
            bufferSize: session.peer == nil ? 0 : bufferSize, frames: frames,
            ageSec: ((MonotonicClock.now - acceptedAt) * 10).rounded() / 10,
            state: phase != .talking ? "closing" : session.state == .open ? "open" : "hello")
    }
}
