/// What `show connections` tells: the connections from HAProxy, the oldest first.
struct ConnectionsReport: Encodable {
    /// The version of the JSON form; raised when a field changes its meaning or goes.
    let format = 1
    let connections: [ConnectionDescription]

    init(_ entries: [ConnectionDescription]) { connections = entries.sorted { $0.ageSec > $1.ageSec } }

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
