internal import System

extension DescriptorLimit {
    /// What the agent may need with these settings: connections from HAProxy and to the mirror, and some of its own.
    static func wanted(_ settings: Settings, workers: Int) -> Int {
        let copies = settings.allDestinations.reduce(0) { $0 + $1.settings.maxInFlight }
        let mirror = copies * (workers + 1)
        // Connections to the mirror get half (`MirrorSocket`).
        return max(2 * mirror, settings.maxConnections + mirror + 64 + 8 * workers)
    }

    /// Connections from HAProxy and to the mirror, operators, and a name that is looked up: with less there is nothing to do.
    private static let reserve = 10

    /// Open files that an agent takes before the first connection. Without them, libraries would be out of descriptors in the middle
    /// of what they cannot give up.
    static func needed(_ configuration: Configuration) -> Int {
        // A name may have an address of each family.
        let sockets = 2 * (configuration.metricsAddress == nil ? 1 : 2) + configuration.adminSockets.count
        return EventLoop.openFiles + (EventLoop.openFiles + Transports.openFiles) * configuration.workers
            + sockets
            + (configuration.logFile != nil || configuration.usesSyslog ? 1 : 0)
            + (configuration.pidFile == nil ? 0 : 1) + reserve
    }
}
