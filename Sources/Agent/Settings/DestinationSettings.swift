/// What belongs to one mirror: where copies go, which ones, how they differ from what clients sent, and what they may take.
struct DestinationSettings: Sendable {
    var url: MirrorURL
    var isPaused = false
    /// The share of requests that is mirrored.
    var sampleRate = SampleRate.all
    /// Which methods are mirrored.
    var methods = MethodFilter.all
    /// How copies differ from what the client sent.
    var style = CopyStyle()
    /// How the mirror is connected to.
    var transport = TransportSettings()

    /// Transfers under way at once, over all workers.
    var maxInFlight = 256
    /// Copies waiting, over all workers.
    var maxQueue = 10_000
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

    init(url: MirrorURL) { self.url = url }

    /// Reads the system's authorities when the mirror is the first to need them. That takes tens of milliseconds: workers
    /// get settings that have them.
    mutating func readAuthorities() {
        guard url.isEncrypted, !transport.isInsecure, transport.trusted?.isEmpty ?? true else { return }
        transport.trusted = (try? TrustStore(file: nil)) ?? TrustStore()
    }

    /// The mirror cannot be verified.
    var trustsNobody: Bool { url.isEncrypted && transport.trusted?.isEmpty == true }
}
