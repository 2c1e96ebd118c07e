/// The latencies of the status: of the last interval in which there were any, with its age if that is not the last one.
struct LatencyTable {
    let stat: Figures

    private static let nameWidth = 8

    func lines(_ columns: Columns) -> [String] {
        let cell = columns.isWide ? 11 : 10
        let head = ["p50", "p90", "p99"].map { Columns.left($0, cell) }.joined()
        let rows = ["ack", "queue", "request"].flatMap { kind in
            let (prefix, remark) = source(of: kind)
            let cells = ["p50", "p90", "p99"].map { name in
                Columns.left(
                    prefix.map { Readable.milliseconds(stat.number("\($0)\(name)_us")) } ?? "-", cell)
            }
            let line = Columns.padded(kind, Self.nameWidth) + cells.joined()
            guard !columns.isWide else { return ["\(line)\(remark.isEmpty ? "" : "   \(remark)")"] }
            return [line] + (remark.isEmpty ? [] : ["\(Columns.padded("", Self.nameWidth))  \(remark)"])
        }
        if columns.isWide {
            let blank = Columns.padded("", Self.nameWidth)
            return ["  \(Columns.padded("latency", 13))\(blank)\(head)"]
                + rows.map { "\(Columns.padded("", 15))\($0)" }
        }
        return ["  \(Columns.padded("latency", Self.nameWidth))\(head)"] + rows.map { "  \($0)" }
    }

    /// What the names of its fields begin with, nil when there was nothing so far, and what there is to say of the time.
    private func source(of kind: String) -> (String?, String) {
        let busy = "\(kind)_duration_busy_"
        if stat.number("\(busy)count") > 0 {
            let age = stat.tenths("\(busy)age_sec")
            let isLast = age <= max(10, stat.tenths("duration_interval_sec"))
            return (busy, isLast ? "" : "\(Readable.age(age / 10)) ago")
        }
        if stat.number("\(kind)_duration_last_count") > 0 { return ("\(kind)_duration_last_", "") }
        let isSome = stat.number("\(kind)_duration_count") > 0
        return isSome ? ("\(kind)_duration_", "since the start") : (nil, "")
    }
}
