/// What `show connections` tells: the connections from HAProxy, the oldest first.
struct ConnectionsReport: Encodable {
    /// The version of the JSON form; raised when a field changes its meaning or goes.
    let format = 1
    let connections: [Entry]

    struct Entry: Encodable, Sendable {
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
        func on(worker: Int) -> Entry {
            var entry = self
            entry.worker = worker
            return entry
        }
    }

    init(_ entries: [Entry]) { connections = entries.sorted { $0.ageSec > $1.ageSec } }

    /// `peer=.. worker=..`, one connection a line.
    var lines: [String] {
        connections.map {
            """
            peer=\($0.peer) worker=\($0.worker) state=\($0.state) engine_id=\($0.engineId.isEmpty ? "-" : $0.engineId) \
            capabilities=\($0.capabilities.isEmpty ? "-" : $0.capabilities.joined(separator: ",")) \
            max_frame_size=\($0.maxFrameSize) buffer_size=\($0.bufferSize) frames=\($0.frames) age_sec=\($0.ageSec)
            """
        }
    }
}
