/// A line HAProxy logged about one event it told the agent of.
///
/// `SPOE: [mirror] <EVENT:on-frontend-http-request> sid=3 st=0 0/0/0/0/0 1/1 0/0 0/4`, or, since HAProxy 3.1, `... st=0 0 0/4`.
struct SPOELogLine: Sendable {
    let event: String
    /// HAProxy's number of the stream.
    let stream: Int
    /// 0 if the agent acknowledged; otherwise why it did not.
    let status: Int
    /// Events that failed since HAProxy started, and all events, this one among them. HAProxy 3.1 and newer take nearly
    /// all for errors, also with st=0.
    let errors: Int
    let processed: Int
    let text: String

    /// All such lines of `log` about the mirror, in order.
    static func all(in log: String) -> [SPOELogLine] {
        log.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            guard line.contains("SPOE: [\(HAProxyConfiguration.agentName)]"),
                let event = words.first(where: { $0.hasPrefix("<EVENT:") }),
                let stream = number(after: "sid=", in: words),
                let status = number(after: "st=", in: words),
                let totals = words.last?.split(separator: "/").compactMap({ Int($0) }), totals.count == 2
            else { return nil }
            return SPOELogLine(
                event: String(event.dropFirst("<EVENT:".count).dropLast()), stream: stream, status: status,
                errors: totals[0], processed: totals[1], text: String(line))
        }
    }

    private static func number(after prefix: String, in words: [Substring]) -> Int? {
        words.first { $0.hasPrefix(prefix) }.flatMap { Int($0.dropFirst(prefix.count)) }
    }
}
