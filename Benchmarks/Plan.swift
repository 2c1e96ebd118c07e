/// One line of the table: a load, a mirror, and how to run them.
struct Row {
    /// Who sends the load.
    enum Load {
        /// The load generator, straight to the agent.
        case spop(LoadShape)
        /// wrk, through HAProxy, for so many seconds.
        case haproxy(Double)
    }

    let name: String
    let load: Load
    var mirror = MirrorKind.healthy
    var agentOptions: [String] = []
    var runs: Int
    /// How often the load is repeated on one and the same agent.
    var rounds = 1
    /// Seconds of the baseline, if it is to be shorter than the row.
    var baselineSeconds: Double?
    /// The longest wait, in seconds, for copies that are queued or under way.
    var drainLimit = 2.0
    /// Other agents run this row too.
    var hasYardsticks = false
}

/// All rows, within the time that there is.
struct Plan {
    /// Everything at its shortest.
    var isQuick = false
    /// How often a row is run.
    var runs: Int
    /// Of one run of the load generator.
    var seconds: Double
    /// Rounds of the hung mirror at 20 000 frames per second.
    var rounds: Int

    var rows: [Row] { spopRows + [floodRow] + haproxyRows }

    private var spopRows: [Row] {
        let steady = LoadShape(rate: 5000, seconds: seconds)
        let manySteady = LoadShape(connections: 1000, rate: 5000, seconds: seconds)
        let manyClosed = LoadShape(connections: 1000, seconds: seconds)
        let bodies = LoadShape(rate: 1000, seconds: seconds, bodyBytes: 65_536)
        let closed = Row(
            name: Names.closed, load: .spop(LoadShape(seconds: seconds)), runs: runs, hasYardsticks: true)
        let open = MirrorKind.allCases.map { mirror in
            Row(
                name: "open loop 5000/s, \(mirror)", load: .spop(steady), mirror: mirror, runs: runs,
                drainLimit: isQuick ? 0.5 : 2, hasYardsticks: true)
        }
        return [closed] + open + [
            Row(name: Names.manyClosed, load: .spop(manyClosed), runs: runs),
            Row(name: Names.manySteady, load: .spop(manySteady), runs: runs),
            Row(
                name: "open loop 1000/s, 64 KiB bodies", load: .spop(bodies),
                agentOptions: ["-m", "131072"], runs: runs),
        ]
    }

    private var floodRow: Row {
        let seconds = isQuick ? 5.0 : 30.0
        return Row(
            name: "open loop 20000/s \(Int(seconds)) s, hung",
            load: .spop(LoadShape(rate: Self.floodRate, seconds: seconds)), mirror: .hung, runs: 1,
            rounds: rounds,
            baselineSeconds: self.seconds, drainLimit: isQuick ? 1 : 25)
    }

    private var haproxyRows: [Row] {
        [MirrorKind.healthy, .slow, .hung, .refusing].map { mirror in
            Row(
                name: "HAProxy, wrk -c32, \(mirror)", load: .haproxy(isQuick ? 1 : 5), mirror: mirror,
                runs: runs, drainLimit: isQuick ? 0.2 : 1)
        }
    }

    /// Frames per second at which memory has to show that it is bounded.
    static let floodRate = 20_000.0

    /// Names by which rows are compared.
    enum Names {
        static let closed = "closed loop 8x4, healthy"
        static let steady = "open loop 5000/s, healthy"
        static let manyClosed = "closed loop 1000x4, healthy"
        static let manySteady = "open loop 5000/s, 1000 connections"
    }
}
