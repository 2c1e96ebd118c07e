import Glibc

/// `Benchmarks run`: all rows, the table, the JSON file.
struct BenchmarkRun {
    private let workshop: Workshop
    private let plan: Plan
    private let yardsticks: [Yardstick]
    private let rows: [Row]
    private let jsonPath: String

    /// The agent's program, a directory for files, and options for the agent; the rest is in the environment.
    init(_ arguments: [String]) throws {
        let isQuick = Self.variable("QUICK") != nil
        workshop = Workshop(
            directory: arguments[1], agent: arguments[0], agentOptions: Array(arguments.dropFirst(2)))
        plan = Plan(
            isQuick: isQuick,
            runs: max(1, Int(try Self.number("BENCH_RUNS") ?? (isQuick ? 1 : 3))),
            seconds: max(0.1, try Self.number("BENCH_SECONDS") ?? (isQuick ? 0.8 : 2)),
            rounds: max(1, Int(try Self.number("BENCH_ROUNDS") ?? 1)))
        yardsticks = try Yardstick.parse(Self.variable("BENCH_YARDSTICKS") ?? "")
        let wanted = Self.variable("BENCH_ROWS") ?? ""
        rows = plan.rows.filter { wanted.isEmpty || $0.name.contains(wanted) }
        guard !rows.isEmpty else { throw Failure("no row has '\(wanted)' in its name") }
        jsonPath = Self.variable("BENCH_JSON") ?? ".build/bench.json"
    }

    func run() throws {
        let machine = Machine(workshop)
        var report = Report(machine: machine, isQuick: plan.isQuick, agentOptions: workshop.agentOptions)
        let runner = Runner(workshop, yardsticks: yardsticks)
        for row in rows { report.rows.append(try runner.run(row)) }
        try report.write(to: jsonPath)
        print(header(machine))
        print(Table(results: report.rows).text, terminator: "")
        print("raw values: \(jsonPath)")
    }

    private func header(_ machine: Machine) -> String {
        let versions = machine.versions
        return """

            \(machine.date)  \(machine.cores) x \(machine.processor), Linux \(machine.kernel), load \(machine.loadAverage)
            haproxy \(versions["haproxy"] ?? "?"), nginx \(versions["nginx"] ?? "?"), wrk \(versions["wrk"] ?? "?")
            medians of \(plan.runs), of \(Format.decimal(plan.seconds, 1)) s each; x: against the same agent, paused.

            """
    }

    // MARK: environment

    private static func variable(_ name: String) -> String? {
        guard let value = getenv(name) else { return nil }
        let text = String(cString: value)
        return text.isEmpty ? nil : text
    }

    private static func number(_ name: String) throws -> Double? {
        guard let text = variable(name) else { return nil }
        guard let number = Double(text), number > 0 else { throw Failure("\(name)=\(text) is not a number") }
        return number
    }
}
