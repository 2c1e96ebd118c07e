/// What `mirrorctl status` shows: one screen of at most 80 columns, the most important first.
struct StatusScreen {
    private let info: [String: String]
    private let stat: [String: String]

    /// From the lines of `show info` and `show stat`.
    init(info: [String], stat: [String]) {
        self.info = Self.table(info)
        self.stat = Self.table(stat)
    }

    /// The whole screen.
    func text(isColoured: Bool) -> String {
        let paint = Paint(isOn: isColoured)
        return
            (head(paint) + KeptRows(info).lines.map(row) + [""] + traffic(paint) + [""] + answers() + [""]
            + haproxy(paint))
            .map { "\($0)\n" }.joined()
    }

    // MARK: parts

    private func head(_ paint: Paint) -> [String] {
        let state = info["State"] ?? "unknown"
        let left = info["Pause_left_sec"].flatMap { Int($0) }.map { " for another \(Self.age($0))" } ?? ""
        let colour: Paint.Colour = state == "mirroring" ? .green : .yellow
        let workers = info["Workers"] ?? ""
        return [
            paint.bold("spoa-mirror \(info["Version"] ?? "")") + "  "
                + paint.in(colour, state.uppercased() + left),
            row("destination", info["Destination"] ?? ""),
            row("sample rate", info["Sample_rate"] ?? ""),
            row(
                "running",
                "\(Self.age(number(of: info["Uptime_sec"]))), pid \(info["Pid"] ?? ""), \(workers) worker\(workers == "1" ? "" : "s")"
            ),
        ]
    }

    private func traffic(_ paint: Paint) -> [String] {
        [
            row("requests", "\(rate("received"))   \(count("received")) received"),
            row(
                "copies",
                "\(answeredRate)   \(Self.grouped(answered)) answered, \(count("in_flight")) under way, \(count("queued")) waiting"
            ),
            row("skipped", reasons("skipped_")),
            row("dropped", alarm(reasons("dropped_"), paint)),
            row("failed", alarm(reasons("failed_"), paint)),
            row("resent", count("resent")),
        ]
    }

    private func answers() -> [String] {
        let classes = ["1xx", "2xx", "3xx", "4xx", "5xx"].map { "\($0) \(count("responses_\($0)"))" }
        return [row("answers", classes.joined(separator: "   "))]
            + [row("latency", "        p50        p90        p99     last interval")]
            + ["ack", "queue", "request"].map { kind in
                let isEmpty = number(of: stat["\(kind)_duration_last_count"]) == 0
                let cells = ["p50", "p90", "p99"].map { name in
                    let value = Self.milliseconds(number(of: stat["\(kind)_duration_last_\(name)_us"]))
                    return Self.left(isEmpty ? "-" : value, 11)
                }
                return row("", Self.padded(kind, 8) + cells.joined())
            }
    }

    private func haproxy(_ paint: Paint) -> [String] {
        let errors = number(of: stat["errors"])
        let text = "\(count("applets")) connections, \(count("idle")) idle, \(count("processed")) events, "
        return [row("HAProxy", text + paint.in(errors > 0 ? .red : .none, "\(count("errors")) errors"))]
    }

    /// Completed copies are answered, or failed.
    private var answered: Int {
        ["1xx", "2xx", "3xx", "4xx", "5xx"].reduce(0) { $0 &+ number(of: stat["responses_\($1)"]) }
    }

    private var answeredRate: String {
        func tenths(_ name: String) -> Int {
            Int(exactly: ((Double(stat["\(name)_per_sec"] ?? "") ?? 0) * 10).rounded()) ?? 0
        }
        let rate = max(0, tenths("completed") &- tenths("failed"))
        return Self.left("\(rate / 10).\(rate % 10)/s", 11)
    }

    // MARK: cells

    private func row(_ name: String, _ value: String) -> String { "  \(Self.padded(name, 13))\(value)" }

    private func rate(_ name: String) -> String { Self.left("\(stat["\(name)_per_sec"] ?? "0")/s", 11) }

    private func count(_ name: String) -> String { Self.grouped(number(of: stat[name])) }

    /// The sum, and every reason that is not 0, the largest first.
    private func reasons(_ prefix: String) -> String {
        let counts = stat.filter { $0.key.hasPrefix(prefix) && !$0.key.hasSuffix("_per_sec") }
            .map { (name: $0.key.dropFirst(prefix.count), count: number(of: $0.value)) }
        let list = counts.filter { $0.count > 0 }.sorted { ($0.count, $1.name) > ($1.count, $0.name) }
        let sum = Self.grouped(counts.reduce(0) { $0 &+ $1.count })
        return list.isEmpty
            ? sum : "\(sum): \(list.map { "\($0.name) \(Self.grouped($0.count))" }.joined(separator: ", "))"
    }

    private func alarm(_ text: String, _ paint: Paint) -> String { text == "0" ? text : paint.in(.red, text) }

    private func number(of text: String?) -> Int { text.flatMap { Int($0) } ?? 0 }

    private static func table(_ lines: [String]) -> [String: String] {
        let pairs = lines.compactMap { line -> (String, String)? in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            return (String(line[..<colon]), String(line[colon...].dropFirst(2)))
        }
        return Dictionary(pairs) { $1 }
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private static func left(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }

    /// `12,345,678`.
    static func grouped(_ number: Int) -> String {
        let digits = Array(String(number))
        return digits.enumerated().map { index, digit in
            let left = digits.count - index
            return left % 3 == 0 && index > 0 ? ",\(digit)" : "\(digit)"
        }.joined()
    }

    /// `0.12 ms`; from ten seconds on, `12 s`.
    static func milliseconds(_ microseconds: Int) -> String {
        if microseconds >= 10_000_000 { return "\(microseconds / 1_000_000) s" }
        let hundredths = microseconds / 10
        let fraction = String(hundredths % 100 + 100).dropFirst()
        return "\(hundredths / 100).\(fraction) ms"
    }

    /// `3 d 4 h`, the two largest units.
    static func age(_ seconds: Int) -> String {
        let parts = [
            (seconds / 86400, "d"), (seconds / 3600 % 24, "h"), (seconds / 60 % 60, "min"),
            (seconds % 60, "s"),
        ]
        let first = parts.firstIndex { $0.0 > 0 } ?? 3
        return parts[first...].prefix(2).filter { $0.0 > 0 || first == 3 }.map { "\($0.0) \($0.1)" }.joined(
            separator: " ")
    }
}

/// Colours of a terminal (ECMA-48, SGR), or none.
struct Paint {
    enum Colour: Int { case none = 0, red = 31, green = 32, yellow = 33 }

    let isOn: Bool

    func bold(_ text: String) -> String { isOn ? "\u{1B}[1m\(text)\u{1B}[0m" : text }

    func `in`(_ colour: Colour, _ text: String) -> String {
        isOn && colour != .none ? "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m" : text
    }
}
