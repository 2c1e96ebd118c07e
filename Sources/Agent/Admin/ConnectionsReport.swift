extension Report {
    /// `show connections`: the connections from HAProxy, the oldest first. In text `peer=.. worker=..`, one a line.
    static func connections(_ descriptions: [ConnectionDescription]) -> Report {
        let entries = descriptions.sorted { $0.ageSec > $1.ageSec }.map {
            [
                Field("peer", $0.peer),
                Field("worker", $0.worker),
                Field("state", $0.state),
                Field("engine_id", JSON($0.engineId), text: $0.engineId.isEmpty ? "-" : $0.engineId),
                Field(
                    "capabilities", JSON($0.capabilities),
                    text: $0.capabilities.isEmpty ? "-" : $0.capabilities.joined(separator: ",")),
                Field("max_frame_size", $0.maxFrameSize),
                Field("buffer_size", $0.bufferSize),
                Field("frames", $0.frames),
                Field("age_sec", $0.ageSec),
            ]
        }
        return Report(
            lines: entries.map { $0.map { "\($0.name)=\($0.text)" }.joined(separator: " ") },
            json: ["format": JSON(1), "connections": JSON(entries.map { JSON($0) })])
    }
}
