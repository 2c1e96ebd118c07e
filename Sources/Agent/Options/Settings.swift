internal import Logging

/// Everything that shapes what happens to requests, as one immutable value. Workers get a new one through a `SettingsBox`:
/// a request sees the old settings or the new, never a mix.
struct Settings: Sendable {
    var destination: Destination
    /// What may become the destination; only the command line says so.
    var allowedDestinations = AllowedDestinations()
    var isPaused = false
    /// The share of requests that is mirrored.
    var sampleRate = SampleRate.all
    /// Which methods are mirrored.
    var methods = MethodFilter.all
    /// How copies differ from what the client sent.
    var style = CopyStyle()
    /// Whether HAProxy has been seen not to wait for bodies; a new one when `unknown-length` is set.
    var bodyWatch = BodyWatch()
    /// How the mirror is connected to.
    var transport = TransportSettings()

    /// How long a connection may take to its HELLO.
    var helloTimeout = Duration.seconds(5)
    /// SPOP connections at once.
    var maxConnections = 4096
    /// Transfers under way at once, over all workers.
    var maxInFlight = 256
    /// Copies waiting, over all workers.
    var maxQueue = 10_000
    /// Bytes of memory held by copies, waiting or under way, over all workers.
    var maxQueueBytes = 64 << 20
    /// What bounds `maxQueueBytes`, if anything does; only the kernel says so.
    var memoryLimit: MemoryLimit?
    /// How long a copy may wait.
    var maxQueueAge = Duration.seconds(5)

    /// From the start of a transfer to an established connection.
    var connectTimeout = Duration.seconds(5)
    /// From the start of a transfer to its end.
    var timeout = Duration.seconds(10)
    /// Bytes of an answer that are read before the connection is cut.
    var maxResponse = 1 << 20
    /// Which copies are sent once more.
    var resend = Resend.idempotent

    /// What is less severe is not logged.
    var logLevel = Logger.Level.info
    /// Whether each copy gets a line in the log.
    var requestLog = RequestLogMode.off

    init(destination: Destination) { self.destination = destination }

    /// Reads the system's authorities when the destination is the first to need them. That takes tens of milliseconds: workers
    /// get settings that have them.
    mutating func readAuthorities() {
        guard destination.isEncrypted, !transport.isInsecure, transport.trusted?.isEmpty ?? true else {
            return
        }
        transport.trusted = (try? TrustStore(file: nil)) ?? TrustStore()
    }

    /// The destination cannot be verified.
    var trustsNobody: Bool { destination.isEncrypted && transport.trusted?.isEmpty == true }
}
