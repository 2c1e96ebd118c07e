internal import Logging
internal import System

/// Everything that shapes what happens to requests, as one immutable value. Workers get a new one through a `SettingsBox`:
/// a request sees the old settings or the new, never a mix.
struct Settings: Sendable {
    /// Where copies go.
    var destination: DestinationSettings
    /// What may become the destination; only the command line says so.
    var allowedDestinations = AllowedDestinations()
    /// Whether HAProxy has been seen not to wait for bodies; a new one when `unknown-length` is set.
    var bodyWatch = BodyWatch()

    /// How long a connection may take to its HELLO.
    var helloTimeout = Duration.seconds(5)
    /// SPOP connections at once.
    var maxConnections = 4096
    /// Bytes of memory held by copies, waiting or under way, over all workers.
    var maxQueueBytes = 64 << 20
    /// What bounds `maxQueueBytes`, if anything does; only the kernel says so.
    var memoryLimit: MemoryLimit?

    /// What is less severe is not logged.
    var logLevel = Logger.Level.info
    /// Whether each copy gets a line in the log.
    var requestLog = RequestLogMode.off

    init(url: MirrorURL) { destination = DestinationSettings(url: url) }
}
