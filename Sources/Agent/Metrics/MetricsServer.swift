extension Server {
    /// Opens the metrics address (`--metrics-address`) and serves it.
    static func metrics(
        _ address: ListenAddress, loop: EventLoop, errors: RepeatedErrors, agent: RunningAgent
    ) throws -> Server {
        let server = try Server(address, backlog: 32, loop: loop, errors: errors)
        // Prometheus takes one.
        let places = Places<MetricsConnection>(count: 16)
        server.start { descriptor in
            guard places.find(for: "metrics client", all: "all \(places.count) places", errors) else {
                return
            }
            places.serve(MetricsConnection(descriptor, agent: agent, places: places))
        }
        return server
    }
}
