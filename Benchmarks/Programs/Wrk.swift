/// What wrk reports.
struct WrkResult {
    var requests = 0
    var perSecond = 0.0
    /// Microseconds.
    var p50 = 0.0
    var p99 = 0.0
    /// Answers other than 2xx and 3xx, and errors of sockets.
    var failures = 0

    /// Sends requests over 32 connections, as fast as they are answered.
    init(port: UInt16, seconds: Double, in workshop: Workshop) throws {
        // wrk takes whole seconds only.
        let whole = max(1, Int(seconds.rounded()))
        let url = "http://127.0.0.1:\(port)/catalogue/items?colour=blue&page=12"
        let process = try workshop.start("wrk", ["wrk", "-t1", "-c32", "-d\(whole)s", "--latency", url])
        guard process.wait(seconds: Double(whole) + 10) else { throw Failure("wrk does not end") }
        for line in process.output.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count > 1 else { continue }
            switch words[0] {
            case "50%": p50 = Self.microseconds(words[1])
            case "99%": p99 = Self.microseconds(words[1])
            case "Requests/sec:": perSecond = Double(words[1]) ?? 0
            case "Non-2xx": failures += words.last.flatMap { Int($0) } ?? 0
            case "Socket": failures += words.compactMap { Int($0.filter(\.isNumber)) }.reduce(0, +)
            default: if words[1] == "requests" { requests = Int(words[0]) ?? 0 }
            }
        }
        guard requests > 0 else { throw Failure("wrk made no requests: \(process.output)") }
    }

    /// "817.00us", "1.25ms", "2.01s" or "1.00m".
    private static func microseconds(_ text: Substring) -> Double {
        let unit = text.drop { $0.isNumber || $0 == "." }
        let number = Double(text.dropLast(unit.count)) ?? 0
        return switch unit {
        case "ms": number * 1e3
        case "s": number * 1e6
        case "m": number * 60e6
        default: number
        }
    }
}
