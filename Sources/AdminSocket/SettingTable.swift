/// The settings that `set` changes, by the names operators write, in the order in which they are shown.
/// Coding keys, because that is how a parser of options reads what it has found.
package enum SettingName: String, CaseIterable, CodingKey, Sendable {
    case url = "url"
    case sampleRate = "sample-rate"
    case sampleKey = "sample-key"
    case sampleSalt = "sample-salt"
    case maxRate = "max-rate"
    case methods = "methods"
    case hostHeader = "host-header"
    case markHeader = "mark-header"
    case headers = "headers"
    case credentialHeaders = "credential-headers"
    case stripPrefix = "strip-prefix"
    case trace = "trace"
    case truncatedBody = "truncated-body"
    case unknownLength = "unknown-length"
    case haproxyBufsize = "haproxy-bufsize"
    case maxInFlight = "max-in-flight"
    case maxConnecting = "max-connecting"
    case maxQueue = "max-queue"
    case maxQueueBytes = "max-queue-bytes"
    case maxQueueAge = "max-queue-age"
    case connectTimeout = "connect-timeout"
    case timeout = "timeout"
    case maxResponse = "max-response"
    case resend = "resend"
    case breaker = "breaker"
    case breakerShare = "breaker-share"
    case maxConnections = "max-connections"
    case helloTimeout = "hello-timeout"
    case logLevel = "log-level"
    case requestLog = "request-log"
    case requestLogRate = "request-log-rate"
    case unreachableAfter = "unreachable-after"
    case degradedShare = "degraded-share"
    case stateWindow = "state-window"

    package var description: String { rawValue }
}

extension Setting {
    /// Every setting, in the order of the options of the command line.
    package static let table = [
        Setting(
            .url, .own, .general, "URL", "where copies go", named: "mirror-url", label: "Destination",
            option: "Where copies go. A path in it is put before each target."),
        Setting(
            .logLevel, .shared, .control, "trace|debug|info|notice|warning|error|critical",
            "minimum log level: trace, debug, info, notice, warning, error, critical",
            placeholder: "level"),
        Setting(
            .requestLog, .shared, .control, "off|on|query|all",
            "log lines: off, on (one per copy), query (with the query of the URL), all (one per request)",
            option: """
                Log lines: off; on, one per copy; query, with the query of its URL; or all, one per request, also if it is \
                skipped or dropped.
                """),
        Setting(
            .requestLogRate, .shared, .control, "NUMBER|auto",
            "lines a second of the request log, or auto",
            remark: ", 1000 with all, else as many as there are",
            option:
                "Lines of the request log a second, 1 to 100000, over all workers; what is left out is counted."
        ),
        Setting(
            .unreachableAfter, .own, .control, "TIME",
            "time without a connection, while copies are tried, after which the state is unreachable",
            option: """
                Time without a connection, while copies are tried, after which the state is unreachable; at least 1s.
                """),
        Setting(
            .degradedShare, .own, .control, "PERCENT",
            "share of copies that may fail or be dropped before the state is degraded, 0% to 100%",
            option: """
                Share of copies that may fail or be dropped before the state is degraded, 0% to 100%; that state ends at \
                half of it.
                """),
        Setting(
            .stateWindow, .own, .control, "TIME",
            "time over which that share is taken, and without requests after which the state is idle",
            option: """
                Time over which that share is taken, and without requests after which the state is idle; at least 1s.
                """),
        Setting(
            .sampleRate, .own, .copies, "PERCENT", "share of requests that is mirrored, 0% to 100%",
            option: "Share of requests to mirror, 0% to 100% in steps of 0.001%."),
        Setting(
            .sampleKey, .own, .copies, "cookie:NAME|header:NAME|query:NAME|source|random",
            "what the sample goes by: cookie:NAME, header:NAME, query:NAME, source or random, or a list",
            placeholder: "keys",
            option: """
                What the sample goes by, for whole sessions: cookie:NAME, header:NAME, query:NAME, source (the client's \
                address) or random; or several separated by commas, of which the first that a request has counts.
                """),
        Setting(
            .sampleSalt, .own, .copies, "TEXT|none",
            "secret of that sample, the same on all agents that mirror alike, or none; never shown",
            placeholder: "text", isSecret: true,
            option: """
                Secret that makes the sample by key unforeseeable, the same on all agents that mirror alike; never \
                shown.
                """),
        Setting(
            .maxRate, .own, .copies, "NUMBER/s|none", "most requests that are mirrored in a second, or none",
            option: """
                Requests to mirror in a second at most, 1/s to 1000000/s, over all workers; none: no limit.
                """),
        Setting(
            .methods, .own, .copies, "all|safe|NAMES",
            "methods that are mirrored: all, safe, or names separated by commas",
            option: "Methods to mirror: all, safe (GET, HEAD, OPTIONS, TRACE), or names separated by commas."),
        Setting(
            .hostHeader, .own, .copies, "preserve|destination|NAME",
            "what Host says: preserve, destination, or a name",
            option: "What Host says: preserve what the client sent, destination, or a name."),
        Setting(
            .truncatedBody, .own, .copies, "drop|send|headers",
            "a copy whose body is not whole: drop, send, or headers",
            option: "A copy whose body is not whole: drop it, send what is there, or send the headers alone."),
        Setting(
            .haproxyBufsize, .own, .copies, "SIZE|auto",
            "HAProxy's tune.bufsize, or auto for what HAProxy says", remark: ", what HAProxy says",
            option: "HAProxy's tune.bufsize: a body of no declared length that fills it counts as cut off."),
        Setting(
            .unknownLength, .own, .copies, "auto|send|drop",
            "a body of no declared length that may not be whole: auto, send, or drop",
            option: """
                A body without a declared length that may be incomplete: send it, drop it as cut off, or auto: drop it only \
                while HAProxy seems not to wait for bodies.
                """),
        Setting(
            .markHeader, .own, .copies, "NAME: VALUE|none",
            "field that marks each copy, 'NAME: value', or none", placeholder: "name: value",
            option: "Field that marks each copy, or none. A request that carries it is not mirrored again."),
        Setting(
            .headers, .own, .copies, "none|RULES",
            "rules for the fields of copies: remove:NAME, set:NAME: VALUE or add:NAME: VALUE, commas between",
            named: "header", repeats: true, isSecret: true,
            option: """
                Rules for the fields of copies, in their order, separated by commas: remove:NAME, remove:@credentials, \
                set:NAME: VALUE, add:NAME: VALUE. Repeatable.
                """),
        Setting(
            .credentialHeaders, .own, .copies, "none|NAMES",
            "more fields that remove:@credentials takes out, separated by commas",
            named: "credential-header", repeats: true,
            option: """
                Fields that remove:@credentials takes out beside Authorization, Proxy-Authorization, Cookie and X-Api-Key. \
                Repeatable.
                """),
        Setting(
            .stripPrefix, .own, .copies, "none|PATH",
            "beginning of a path that copies do without: of /api/x, /api leaves /x",
            option: "Beginning of a path that copies do without, whole segments: of /api/x, /api leaves /x."),
        Setting(
            .trace, .own, .copies, "keep|drop|child",
            "the W3C trace context of copies: keep, drop, or child",
            option: """
                The W3C trace context (traceparent) of copies: keep it, drop it, or child: the same trace, another parent, \
                not sampled.
                """),
        Setting(
            .maxInFlight, .own, .budgets, "NUMBER", "copies under way at once",
            option: "Copies under way to the mirror at once, 1 to 100000."),
        Setting(
            .maxConnecting, .own, .budgets, "NUMBER", "connections to the mirror that are made at once",
            option: """
                Connections to the mirror that are made at once, 1 to 100000; more while it answers. One counts until the \
                first byte of an answer arrives on it.
                """),
        Setting(
            .maxQueue, .own, .budgets, "NUMBER", "copies that may wait",
            option: "Copies that may wait, 1 to 10000000; past it the new one is dropped."),
        Setting(
            .maxQueueBytes, .shared, .budgets, "SIZE", "memory for copies, waiting or under way",
            option: "Memory for copies that wait or are under way: bytes, or a number and KiB, MiB, GiB."),
        Setting(.maxQueueAge, .own, .budgets, "TIME", "how long a copy may wait"),
        Setting(.connectTimeout, .own, .budgets, "TIME", "time for a connection to the mirror"),
        Setting(.timeout, .own, .budgets, "TIME", "time for a whole request to the mirror"),
        Setting(
            .maxResponse, .own, .budgets, "SIZE", "size of an answer that is read",
            option: "Size of an answer past which the connection is cut: bytes, or KiB, MiB, GiB."),
        Setting(
            .resend, .own, .budgets, "idempotent|all|never",
            "copies sent once more after no answer: idempotent, all, or never",
            option: """
                Copies that are sent once more when a kept connection ends without an answer: those with an idempotent \
                method, all, or never any.
                """),
        Setting(
            .breaker, .own, .budgets, "off|unreachable|failures",
            "what stops copies to the mirror: off, unreachable, or failures",
            option: """
                What stops copies to the mirror: unreachable, no connection for longer than max-queue-age; failures, also too \
                many copies without an answer; or off, nothing does.
                """),
        Setting(
            .breakerShare, .own, .budgets, "PERCENT",
            "share of copies without an answer that stops copies, 0% to 100%; for breaker failures",
            option: """
                Share of the copies of the last state-window that get a connection and no answer, from which on --breaker \
                failures stops copies, 0% to 100%; of at least 20.
                """),
        Setting(
            .maxConnections, .shared, .budgets, "NUMBER", "SPOP connections at once",
            option: "SPOP connections at once, 1 to 100000."),
        Setting(.helloTimeout, .shared, .budgets, "TIME", "time for HAProxy to say HELLO"),
    ]
}
