/// Which transports there are, for those who start an agent.
enum Transports {
    /// To be called once, before any thread is started.
    static func setUp() { CurlTransport.setUp() }

    /// The transport of one of so many workers: connections of our own for HTTP/1.1, libcurl's for what may be HTTP/2.
    static func make(
        loop: EventLoop, budget: PassBudget, names: Names, workers: Int, settings: DestinationSettings
    ) throws -> any Transport {
        if settings.transport.httpVersion == .http1 {
            return try HTTP1Transport(
                loop: loop, budget: budget, names: names, workers: workers, settings: settings)
        }
        return try CurlTransport(loop: loop, budget: budget, names: names, settings: settings)
    }

    /// Open files that one takes before its first connection.
    static var openFiles: Int { CurlTransport.openFiles }

    /// What an operator should know of sending copies in this way; nil when there is nothing.
    static func warning(_ settings: TransportSettings) -> String? { CurlTransport.warning(settings) }
}
