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

    let ages: Ages

    /// How long connections are kept, in seconds.
    struct Ages {
        /// At rest: below the 60 to 75 s after which servers drop idle connections, so that no copy is sent into a closing one.
        var rest = 50.0
        /// The same when the mirror was replaced: only copies that were made for it before may still need the connection.
        var restWhenReplaced = 1.0
        /// In all: a name that has got another address is followed.
        var life = 60.0
    }

    init(_ settings: DestinationSettings, workers: Int, ages: Ages) {
        self.ages = ages
        connectTimeout = settings.connectTimeout.inSeconds
        timeout = settings.timeout.inSeconds
        (maxResponse, resend) = (settings.maxResponse, settings.resend)
        maxConnecting = max(1, settings.maxConnecting / workers)
        maxConnections = settings.maxInFlight
    }
}
