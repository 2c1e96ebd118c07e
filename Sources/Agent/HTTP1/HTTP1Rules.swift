internal import System

/// What settings say of copies over connections of our own. A copy that waits for a connection follows those of the moment, one
/// that has its connection those that it was sent under.
struct HTTP1Rules {
    /// In seconds.
    let connectTimeout: Double
    let timeout: Double
    /// Bytes of an answer that are read.
    let maxResponse: Int
    let resend: Resend
    /// Connections to one mirror, of this worker, that have not brought a byte of an answer yet.
    let maxConnecting: Int
    /// Connections to one mirror, of this worker.
    let maxConnections: Int

    /// Seconds after which a connection is not kept any longer: below the 60 to 75 s after which servers drop idle connections, so
    /// that a request is not sent into a closing one.
    static let longestRest = 50.0
    /// The same for one to a mirror that was replaced: only copies that were made for it before may still need it.
    static let longestRestWhenReplaced = 1.0
    /// Seconds from its making. A name that has got another address is followed.
    static let longestLife = 60.0

    init(_ settings: DestinationSettings, workers: Int) {
        connectTimeout = settings.connectTimeout.inSeconds
        timeout = settings.timeout.inSeconds
        (maxResponse, resend) = (settings.maxResponse, settings.resend)
        maxConnecting = max(1, settings.maxConnecting / workers)
        maxConnections = settings.maxInFlight
    }
}
