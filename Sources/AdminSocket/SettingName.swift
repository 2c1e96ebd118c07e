/// The settings that `set` changes, by the names operators write; the options of the command line have the same ones, but for
/// `url`, which is `--mirror-url` there.
package enum SettingName: String, CaseIterable, Sendable {
    case url
    case sampleRate = "sample-rate"
    case methods
    case hostHeader = "host-header"
    case markHeader = "mark-header"
    case truncatedBody = "truncated-body"
    case unknownLength = "unknown-length"
    case haproxyBufsize = "haproxy-bufsize"
    case maxInFlight = "max-in-flight"
    case maxQueue = "max-queue"
    case maxQueueBytes = "max-queue-bytes"
    case maxQueueAge = "max-queue-age"
    case connectTimeout = "connect-timeout"
    case timeout
    case maxResponse = "max-response"
    case resend
    case maxConnections = "max-connections"
    case helloTimeout = "hello-timeout"
    case logLevel = "log-level"
    case requestLog = "request-log"

    /// What it is, in one line of help.
    package var help: String {
        switch self {
        case .url: "where copies go"
        case .sampleRate: "share of requests that is mirrored, 0% to 100%"
        case .methods: "methods that are mirrored: all, safe, or names separated by commas"
        case .hostHeader: "what Host says: preserve, destination, or a name"
        case .markHeader: "field that marks each copy, 'NAME: value', or none"
        case .truncatedBody: "a copy whose body was cut off: drop, send, or headers"
        case .unknownLength: "a body that may not be whole: auto, send, or drop"
        case .haproxyBufsize: "HAProxy's tune.bufsize, or auto for what HAProxy says"
        case .maxInFlight: "copies under way at once"
        case .maxQueue: "copies that may wait"
        case .maxQueueBytes: "memory for copies, waiting or under way"
        case .maxQueueAge: "how long a copy may wait"
        case .connectTimeout: "time for a connection to the mirror"
        case .timeout: "time for a whole request to the mirror"
        case .maxResponse: "size of an answer that is read"
        case .resend: "copies sent once more after no answer: idempotent, all, or never"
        case .maxConnections: "SPOP connections at once"
        case .helloTimeout: "time for HAProxy to say HELLO"
        case .logLevel: "least level that is logged: trace, debug, info, notice, warning, error, critical"
        case .requestLog: "one log line per copy: off, on, or query (with the query of the URL)"
        }
    }

    /// How a change of it is told: `Sample rate set to ...`.
    package var label: String {
        guard self != .url else { return "Destination" }
        let words = rawValue.split(separator: "-").joined(separator: " ")
        return words.prefix(1).uppercased() + words.dropFirst()
    }

    /// What the command line calls it, without the dashes.
    package var option: String { self == .url ? "mirror-url" : rawValue }
}
