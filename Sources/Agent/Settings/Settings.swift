internal import AdminSocket
internal import Logging
internal import System

/// Everything that shapes what happens to requests, as one immutable value. Workers get a new one through a `SettingsBox`:
/// a request sees the old settings or the new, never a mix. What stands here is what an agent without options has.
struct Settings: Sendable {
    /// The destination that is always there.
    var destination = DestinationSettings()
    /// Those beside it, in the order in which they came.
    var others: [NamedDestination] = []
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
    /// Which requests get a line in the log.
    var requestLog = RequestLogMode.off
    /// Lines a second of it, over all workers; nil for what `RequestLogRate` says.
    var requestLogRate: Int?

    /// The default destination is paused, and no other.
    var isDefaultPaused = false

    /// All destinations as they are in force: while all are paused, each is, and how mirrors are connected to they have in common.
    var allDestinations: [(name: DestinationName, settings: DestinationSettings)] {
        var first = destination
        first.isPaused = destination.isPaused || isDefaultPaused
        return [(.standard, first)]
            + others.map { other in
                var settings = other.settings
                settings.isPaused = other.settings.isPaused || destination.isPaused
                settings.transport = destination.transport
                return (other.name, settings)
            }
    }

    /// Reads the authorities to trust, if a destination needs them and they are not read.
    mutating func readAuthorities() {
        destination.readAuthorities()
        for other in others {
            var settings = other.settings
            settings.transport = destination.transport
            settings.readAuthorities()
            destination.transport = settings.transport
        }
    }
}

/// What belongs to one mirror: where copies go, which ones, how they differ from what clients sent, and what they may take.
struct DestinationSettings: Sendable {
    var url = MirrorURL.standard
    var isPaused = false
    /// The share of requests that is mirrored.
    var sampleRate = SampleRate.all
    /// Which requests are in it together.
    var sampleKey = SampleKey.random
    /// The same on all agents that are to mirror the same ones.
    var sampleSalt = SampleSalt.none
    /// The most requests that are mirrored in a second, over all workers; nil for any number.
    var maxRate: RateLimit?
    /// Which methods are mirrored.
    var methods = MethodFilter.all
    /// How copies differ from what the client sent.
    var style = CopyStyle()
    /// How the mirror is connected to.
    var transport = TransportSettings()

    /// Transfers under way at once, over all workers.
    var maxInFlight = 256
    /// Connections that have not brought a byte of an answer yet, over all workers; as many as have, if those are more.
    var maxConnecting = 16
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
    /// What keeps copies from it.
    var breaker = BreakerSettings()

    /// When it counts as unreachable, degraded or idle.
    var stateRules = StateRules()
}

extension SettingName {
    /// Where the value of this setting stands, and how it is written. The rest is in its row.
    var field: SettingField {
        switch self {
        case .url: SettingField(\.destination.url, MirrorURL.init, \.text)
        case .sampleRate: SettingField(\.destination.sampleRate, SampleRate.init, \.description)
        case .sampleKey: SettingField(\.destination.sampleKey, SampleKey.init, \.description)
        case .sampleSalt:
            SettingField(
                \.destination.sampleSalt, SampleSalt.init, \.text,
                shown: { $0 == .none ? "not set" : "set" })
        case .maxRate:
            SettingField(\.destination.maxRate, RateLimit.parse, { $0?.description ?? "none" })
        case .methods: SettingField(\.destination.methods, MethodFilter.init, \.description)
        case .hostHeader: SettingField(\.destination.style.host, CopyStyle.HostHeader.init, \.description)
        case .markHeader:
            SettingField(\.destination.style.mark, CopyStyle.Mark.parse, { $0?.description ?? "none" })
        case .headers:
            SettingField(\.destination.style.headers, HeaderRules.init, \.description, shown: \.shown)
        case .credentialHeaders:
            SettingField(\.destination.style.credentials, CredentialFields.init, \.description)
        case .stripPrefix:
            SettingField(
                \.destination.style.strippedPrefix, PathPrefix.parse, { $0?.description ?? "none" })
        case .trace: .word(\.destination.style.trace)
        case .truncatedBody: .word(\.destination.style.truncatedBody)
        case .unknownLength: .word(\.destination.style.unknownLength)
        case .haproxyBufsize:
            SettingField(
                \.destination.style.bufferSize, CopyStyle.parseBufferSize,
                { $0.map(SizeValue.format) ?? "auto" })
        case .maxInFlight: .number(\.destination.maxInFlight, 1...100_000)
        case .maxConnecting: .number(\.destination.maxConnecting, 1...100_000)
        case .maxQueue: .number(\.destination.maxQueue, 1...10_000_000)
        case .maxQueueBytes: .size(\.maxQueueBytes, 1 << 10...1 << 40)
        case .maxQueueAge: .interval(\.destination.maxQueueAge)
        case .connectTimeout: .interval(\.destination.connectTimeout)
        case .timeout: .interval(\.destination.timeout)
        case .maxResponse: .size(\.destination.maxResponse, 0...1 << 40)
        case .resend: .word(\.destination.resend)
        case .breaker: .word(\.destination.breaker.mode)
        case .breakerShare:
            SettingField(\.destination.breaker.share, SampleRate.init, \.description)
        case .unreachableAfter: .interval(\.destination.stateRules.unreachableAfter, from: .seconds(1))
        case .degradedShare:
            SettingField(\.destination.stateRules.degradedShare, SampleRate.init, \.description)
        case .stateWindow: .interval(\.destination.stateRules.window, from: .seconds(1))
        case .maxConnections: .number(\.maxConnections, 1...100_000)
        case .helloTimeout: .interval(\.helloTimeout)
        case .logLevel: .word(\.logLevel)
        case .requestLog: .word(\.requestLog)
        case .requestLogRate:
            SettingField(\.requestLogRate, RequestLogRate.parse, { $0.map(String.init) ?? "auto" })
        }
    }
}
