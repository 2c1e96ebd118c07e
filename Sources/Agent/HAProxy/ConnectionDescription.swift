internal import SPOP
internal import System

/// What `show connections` shows of one connection from HAProxy.
struct ConnectionDescription: Sendable {
    /// `ADDRESS:PORT`, or the process at the other end of a UNIX socket.
    let peer: String
    let worker: Int
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
}

extension SPOPConnection {
    /// What `show connections` shows of this one, which `worker` serves.
    func description(worker: Int) -> ConnectionDescription {
        ConnectionDescription(
            peer: SocketAddress.peer(of: descriptor.rawValue) ?? "?", worker: worker,
            engineId: PrintableText.of(session.peer?.engineID.utf8 ?? "".utf8),
            capabilities: (session.peer?.capabilities ?? []).map(\.rawValue).sorted(),
            maxFrameSize: session.peer == nil ? 0 : session.splitter.maxFrameSize,
            bufferSize: session.peer == nil ? 0 : bufferSize, frames: frames,
            ageSec: ((MonotonicClock.now - acceptedAt) * 10).rounded() / 10,
            state: phase != .talking ? "closing" : session.state == .open ? "open" : "hello")
    }
}
