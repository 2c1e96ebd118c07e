/// Ratios between rows, and between agents in one row.
struct Comparisons {
    let results: [RowResult]

    /// One sentence each.
    var lines: [String] {
        [
            idleMemory, connections(Plan.Names.manyClosed, Plan.Names.closed),
            connections(
                Plan.Names.manySteady, Plan.Names.steady),
        ].compactMap { $0 } + results.flatMap(yardsticks)
    }

    private var idleMemory: String? {
        let values = results.flatMap(\.samples).filter { $0.counters != nil }.map(\.idleMemory).sorted()
        guard !values.isEmpty else { return nil }
        return "RSS after start: \(Format.mebibytes(Double(values[values.count / 2]))) MiB"
    }

    private func connections(_ many: String, _ few: String) -> String? {
        guard let many = results.first(where: { $0.name == many }),
            let few = results.first(where: { $0.name == few })
        else { return nil }
        let parts = ["mirroring", "paused"].compactMap { subject -> String? in
            guard let above = many.median(subject, \.cpuPerRequest),
                let below = few.median(subject, \.cpuPerRequest), below > 0
            else { return nil }
            return "\(Format.decimal(above / below, 2)) x \(subject)"
        }
        return "1000 connections against 8, \(few.shape?.isOpenLoop == true ? "open" : "closed") loop, "
            + "CPU per ACK: " + parts.joined(separator: ", ")
    }

    private func yardsticks(_ result: RowResult) -> [String] {
        result.subjects.filter { $0 != "mirroring" && $0 != "paused" }.map { yardstick in
            func part(_ name: String, _ subject: String, _ value: (Sample) -> Double?) -> String? {
                result.ratio(subject, to: yardstick, value).map { "\(name) \(Format.decimal($0, 2))" }
            }
            let parts = [
                part("p99", "mirroring", \.p99), part("CPU/ACK", "mirroring", \.cpuPerRequest),
                part("CPU/copy", "mirroring", \.cpuPerCopy), part("paused p99", "paused", \.p99),
                part("paused CPU/ACK", "paused", \.cpuPerRequest),
            ]
            return "\(result.name), x \(yardstick): " + parts.compactMap { $0 }.joined(separator: ", ")
        }
    }
}
