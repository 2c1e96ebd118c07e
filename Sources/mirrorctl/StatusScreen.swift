/// What `mirrorctl status` shows: one screen, the most important first. No line is longer than the terminal is wide.
struct StatusScreen {
    private let info: Figures
    private let stat: Figures

    /// From the lines of `show info` and `show stat`.
    init(info: [String], stat: [String]) { (self.info, self.stat) = (Figures(info), Figures(stat)) }

    /// The whole screen, for a terminal of `width` columns.
    func text(isColoured: Bool, width: Int) -> String {
        let (columns, paint) = (Columns(width), Paint(isOn: isColoured))
        let parts = [
            StateLine(info: info).lines(columns, paint) + head(columns)
                + KeptRows(info).lines.flatMap { columns.row($0, $1) },
            traffic(columns, paint), answers(columns), haproxy(columns, paint),
        ]
        return parts.joined(separator: [""]).map { "\($0)\n" }.joined()
    }

    // MARK: parts

    private func head(_ columns: Columns) -> [String] {
        let workers = info["Workers"] ?? ""
        let breaker = info["Breaker"].map { columns.row("breaker", breakerText($0)) } ?? []
        let running = Readable.age(info.number("Uptime_sec"))
        return columns.row("destination", info["Destination"] ?? "")
            + columns.row("sample rate", info["Sample_rate"] ?? "")
            + columns.row(
                "running",
                "\(running), pid \(info["Pid"] ?? ""), \(workers) worker\(workers == "1" ? "" : "s")")
            + breaker
    }

    /// `open for 3 min (unreachable)`. An older daemon has none.
    private func breakerText(_ state: String) -> String {
        let reason = info["Breaker_reason"].flatMap { $0 == "none" ? nil : " (\($0))" } ?? ""
        return "\(state) for \(Readable.age(info.number("Breaker_since_sec")))\(reason)"
    }

    private func traffic(_ columns: Columns, _ paint: Paint) -> [String] {
        let copies =
            "\(Readable.grouped(answered)) answered, \(stat.count("in_flight")) under way, \(stat.count("queued")) waiting"
        let (requestRate, copyRate) = (
            rate(rateTenths("received")), rate(max(0, rateTenths("completed") &- rateTenths("failed")))
        )
        return columns.row("requests", "\(requestRate)   \(stat.count("received")) received")
            + columns.row("copies", "\(copyRate)   \(copies)")
            + columns.row("skipped", stat.reasons("skipped_"))
            + losses("dropped", columns, paint) + losses("failed", columns, paint)
            + columns.row("resent", stat.count("resent"))
    }

    private func losses(_ name: String, _ columns: Columns, _ paint: Paint) -> [String] {
        let text = stat.reasons("\(name)_")
        return columns.row(name, text) { text == "0" ? $0 : paint.in(.red, $0) }
    }

    private func answers(_ columns: Columns) -> [String] {
        let classes = Self.classes.map { "\($0) \(stat.count("responses_\($0)"))" }
        return columns.row("answers", classes.joined(separator: "   "))
            + LatencyTable(stat: stat).lines(columns)
    }

    private func haproxy(_ columns: Columns, _ paint: Paint) -> [String] {
        let errors = "\(stat.count("errors")) errors"
        let text =
            "\(stat.count("applets")) connections, \(stat.count("idle")) idle, \(stat.count("processed")) events, "
        return columns.row("HAProxy", text + errors) { line in
            guard stat.number("errors") > 0, line.hasSuffix(errors) else { return line }
            return line.dropLast(errors.count) + paint.in(.red, errors)
        }
    }

    // MARK: figures

    private static let classes = ["1xx", "2xx", "3xx", "4xx", "5xx"]

    /// Completed copies are answered, or failed.
    private var answered: Int { Self.classes.reduce(0) { $0 &+ stat.number("responses_\($1)") } }

    /// Of the last interval in which there was something; an older daemon knows the last one.
    private func rateTenths(_ name: String) -> Int {
        stat.tenths(stat["busy_age_sec"] == nil ? "\(name)_per_sec" : "busy_\(name)_per_sec")
    }

    /// `12.5/s`, with its age if that was not in the last interval.
    private func rate(_ tenths: Int) -> String {
        let age = stat.tenths("busy_age_sec")
        let isLast = age <= max(10, stat.tenths("rate_interval_sec"))
        return Columns.left("\(tenths / 10).\(tenths % 10)/s", 11)
            + (isLast ? "" : " \(Readable.age(age / 10)) ago")
    }
}
