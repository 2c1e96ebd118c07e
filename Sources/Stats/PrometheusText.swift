/// Metrics in Prometheus' text format, version 0.0.4: one family behind the other, each with its HELP and TYPE.
package struct PrometheusText {
    /// What a family's values mean.
    package enum Kind: String, Sendable { case counter = "counter", gauge = "gauge" }

    /// One time series of a family.
    package struct Sample {
        let labels: [(name: String, value: String)]
        let value: String

        /// A value with its labels. Values are integers, or doubles in Swift's shortest exact spelling.
        package init(_ labels: [(name: String, value: String)], _ value: some LosslessStringConvertible) {
            self.labels = labels
            self.value = "\(value)"
        }
    }

    /// The Content-Type of this text over HTTP.
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// All families so far; each line ends with a line feed, and none is empty.
    package private(set) var text = ""

    /// What the names of families added from now on begin with.
    var prefix: String

    /// No families.
    init(prefix: String) { self.prefix = prefix }

    /// Adds a family of counters or gauges.
    package mutating func family(_ name: String, _ kind: Kind, _ help: String, _ samples: [Sample]) {
        begin(name, kind.rawValue, help)
        for sample in samples { line(name, sample.labels, sample.value) }
    }

    /// Adds a family of one series without labels.
    package mutating func family(
        _ name: String, _ kind: Kind, _ help: String, _ value: some LosslessStringConvertible
    ) {
        family(name, kind, help, [Sample([], value)])
    }

    /// Adds a histogram of seconds.
    package mutating func histogram(_ name: String, _ help: String, _ histogram: Histogram) {
        self.histogram(name, help, [([], histogram)])
    }

    /// Adds histograms of seconds that differ in their labels.
    mutating func histogram(
        _ name: String, _ help: String,
        _ histograms: [(labels: [(name: String, value: String)], histogram: Histogram)]
    ) {
        begin(name, "histogram", help)
        for (labels, histogram) in histograms {
            for bound in Self.bounds {
                line(
                    "\(name)_bucket", labels + [("le", Self.spelling(bound))],
                    "\(histogram.count(upTo: bound))")
            }
            line("\(name)_bucket", labels + [("le", "+Inf")], "\(histogram.count)")
            line("\(name)_sum", labels, "\(histogram.sum)")
            line("\(name)_count", labels, "\(histogram.count)")
        }
    }

    /// 16 us to 67 s: powers of two of a microsecond, where the buckets of a `HistogramBank` end too, so that the
    /// counts are exact.
    static let bounds: [Double] = (2..<14).map { Double(1 << (2 * $0)) / 1e6 }

    /// Without an exponent, which some readers of `le` do not take.
    private static func spelling(_ bound: Double) -> String {
        let microseconds = Int((bound * 1e6).rounded())
        var fraction = String(1_000_000 + microseconds % 1_000_000).dropFirst()
        while fraction.last == "0" { fraction.removeLast() }
        return "\(microseconds / 1_000_000)\(fraction.isEmpty ? "" : ".\(fraction)")"
    }

    private mutating func begin(_ name: String, _ type: String, _ help: String) {
        text += "# HELP \(prefix)\(name) \(help)\n# TYPE \(prefix)\(name) \(type)\n"
    }

    private mutating func line(_ name: String, _ labels: [(name: String, value: String)], _ value: String) {
        let list = labels.map { "\($0.name)=\"\(Self.escape($0.value))\"" }.joined(separator: ",")
        text += "\(prefix)\(name)\(list.isEmpty ? "" : "{\(list)}") \(value)\n"
    }

    private static func escape(_ value: String) -> String {
        value.map { character in
            switch character {
            case "\\": "\\\\"
            case "\"": "\\\""
            case "\n": "\\n"
            default: String(character)
            }
        }.joined()
    }
}
