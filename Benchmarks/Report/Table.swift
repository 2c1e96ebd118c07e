/// The table for the terminal, at most 110 columns wide.
struct Table {
    /// A column: heading, unit, width and what stands in it.
    private struct Column {
        let heading: String
        let unit: String
        let width: Int
        let cell: (RowResult, String) -> String
    }

    private static let nameWidth = 36
    private static let width = 110

    let results: [RowResult]

    /// All of it.
    var text: String {
        let spop = results.filter { $0.shape != nil }
        let haproxy = results.filter { $0.shape == nil }
        return section("SPOP, straight to the agent", Self.spopColumns, spop)
            + section("through HAProxy", Self.haproxyColumns, haproxy) + fates + comparisons + findings
    }

    private func section(_ title: String, _ columns: [Column], _ results: [RowResult]) -> String {
        guard !results.isEmpty else { return "" }
        var lines = [
            Format.left(title, Self.nameWidth)
                + columns.map { Format.right($0.heading, $0.width) }.joined(),
            Format.left("", Self.nameWidth) + columns.map { Format.right($0.unit, $0.width) }.joined(),
        ]
        for result in results {
            for subject in result.subjects.sorted(by: { Self.rank($0) < Self.rank($1) }) {
                let name = subject == "mirroring" ? result.name : "  \(subject)"
                lines.append(
                    Format.left(name, Self.nameWidth)
                        + columns.map { Format.right($0.cell(result, subject), $0.width) }.joined())
            }
        }
        return lines.map(Self.withoutTrailingBlanks).joined(separator: "\n") + "\n\n"
    }

    private static func rank(_ subject: String) -> Int {
        switch subject {
        case "mirroring": 0
        case "paused": 1
        default: 2
        }
    }

    private static func withoutTrailingBlanks(_ line: String) -> String {
        String(line.reversed().drop { $0 == " " }.reversed())
    }

    // MARK: columns

    private static var spopColumns: [Column] {
        [
            Column(heading: "ACKs", unit: "/s", width: 9) { Format.decimal($0.median($1, \.perSecond)) },
            Column(heading: "p50", unit: "us", width: 7) { Format.decimal($0.median($1, \.p50)) },
            Column(heading: "p99", unit: "us", width: 8) { Format.decimal($0.median($1, \.p99)) },
            ratio(\.p99),
            Column(heading: "p99.9", unit: "us", width: 8) { Format.decimal($0.median($1, \.p999)) },
            Column(heading: "CPU/ACK", unit: "us", width: 9) {
                Format.decimal($0.median($1, \.cpuPerRequest), 1)
            },
            ratio(\.cpuPerRequest),
            cpuPerCopy,
            peak,
        ]
    }

    private static var haproxyColumns: [Column] {
        [
            Column(heading: "requests", unit: "/s", width: 9) { Format.decimal($0.median($1, \.perSecond)) },
            ratio(\.perSecond, places: 2),
            Column(heading: "p50", unit: "us", width: 8) { Format.decimal($0.median($1, \.p50)) },
            Column(heading: "p99", unit: "us", width: 9) { Format.decimal($0.median($1, \.p99)) },
            ratio(\.p99),
            Column(heading: "CPU/req", unit: "us", width: 9) {
                Format.decimal($0.median($1, \.cpuPerRequest), 1)
            },
            ratio(\.cpuPerRequest),
            cpuPerCopy,
            peak,
        ]
    }

    /// Against the baseline.
    private static func ratio(_ value: @escaping (Sample) -> Double?, places: Int = 1) -> Column {
        Column(heading: "", unit: "x", width: 6) { result, subject in
            subject == "paused" ? "" : Format.decimal(result.ratio(subject, to: "paused", value), places)
        }
    }

    /// Only a healthy mirror gets copies at its own pace.
    private static var cpuPerCopy: Column {
        Column(heading: "/copy", unit: "us", width: 8) { result, subject in
            result.mirror == .healthy ? Format.decimal(result.median(subject, \.cpuPerCopy), 1) : "-"
        }
    }

    private static var peak: Column {
        Column(heading: "RSS peak", unit: "MiB", width: 9) {
            Format.mebibytes($0.median($1) { Double($0.peakMemory) })
        }
    }

    // MARK: below the columns

    /// What became of the copies, in the last run of each row.
    private var fates: String {
        var lines = ["what became of the copies (last run)"]
        for result in results {
            guard let sample = result.samples(of: "mirroring").last, let counters = sample.counters else {
                continue
            }
            var parts = ["received \(counters["received"])"]
            parts += counters.fates.map { "\($0.name) \($0.value)" }
            if let mirror = sample.mirror { parts.append("(mirror got \(mirror.requests))") }
            if result.shape?.rate == Plan.floodRate {
                let memory = Format.mebibytes(Double(sample.finalMemory))
                parts.append(
                    sample.isDrained ? "RSS drained \(memory) MiB" : "RSS \(memory) MiB, not drained")
            }
            lines += Self.wrap(Format.left(result.name, Self.nameWidth), parts)
        }
        return lines.count > 1 ? lines.joined(separator: "\n") + "\n\n" : ""
    }

    private static func wrap(_ start: String, _ parts: [String]) -> [String] {
        var lines: [String] = []
        var line = start
        for (index, part) in parts.enumerated() {
            let text = index + 1 < parts.count ? part + ", " : part
            if line.count + text.count > width {
                lines.append(withoutTrailingBlanks(line))
                line = String(repeating: " ", count: nameWidth)
            }
            line += text
        }
        return lines + [withoutTrailingBlanks(line)]
    }

    private var comparisons: String {
        let lines = Comparisons(results: results).lines
        return lines.isEmpty ? "" : lines.joined(separator: "\n") + "\n\n"
    }

    private var findings: String {
        let found = results.flatMap { result in
            result.samples.flatMap { sample in
                sample.findings.map { "  \(result.name), \(sample.subject): \($0)" }
            }
        }
        let balanced = results.flatMap(\.samples).filter { $0.counters != nil }
        guard !found.isEmpty else { return "books: all \(balanced.count) runs add up\n" }
        return "books: DOES NOT ADD UP\n" + found.joined(separator: "\n") + "\n"
    }
}
