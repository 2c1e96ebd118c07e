/// Which transports there are, for those who start an agent.
enum Transports {
    /// To be called once, before any thread is started.
    static func setUp() { CurlTransport.setUp() }

    /// One worker's transport.
    static func make(
        loop: EventLoop, budget: PassBudget, names: Names, settings: DestinationSettings
    ) throws -> any Transport {
        try CurlTransport(loop: loop, budget: budget, names: names, settings: settings)
    }

    /// Open files that one takes before its first connection.
    static var openFiles: Int { CurlTransport.openFiles }

    /// What an operator should know of sending copies in this way; nil when there is nothing.
    static func warning(_ settings: TransportSettings) -> String? { CurlTransport.warning(settings) }
}
