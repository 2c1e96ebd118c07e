/// An agent whose counters can be read at any time.
final class WatchedAgent {
    let directory: TemporaryDirectory
    let process: AgentProcess
    let adminSocket: String

    /// Starts an agent, on a free port unless it is told where.
    init(
        mirrorURL: String, _ arguments: [String] = [], environment: [String: String] = [:],
        launcher: [String] = [], at endpoint: Endpoint? = nil, in directory: TemporaryDirectory
    ) throws {
        self.directory = directory
        adminSocket = directory.file("admin.sock")
        process = try AgentProcess(
            try endpoint ?? .loopback(Ports.free()),
            ["--mirror-url", mirrorURL, "--admin-socket", adminSocket] + arguments, in: directory,
            environment: environment, launcher: launcher)
        // It listens for HAProxy before it does for operators.
        let (path, process) = (adminSocket, process)
        try eventually("the admin socket is there", evidence: { process.log }) {
            (try? AdminClient.ask("show version", at: path)) != nil
        }
    }

    /// One with a metrics address, and where that is.
    static func withMetrics(of mirror: RecordingMirror, _ arguments: [String] = []) throws -> (
        WatchedAgent, Endpoint
    ) {
        let port = try Ports.free()
        let agent = try WatchedAgent(
            mirrorURL: "http://127.0.0.1:\(mirror.port)/",
            ["--metrics-address", "127.0.0.1:\(port)"] + arguments,
            in: try TemporaryDirectory())
        return (agent, .loopback(port))
    }

    var endpoint: Endpoint { process.endpoint }

    func counters() throws -> AgentCounters { try AgentCounters(askingAt: adminSocket) }

    /// What the admin socket answers to a line, up to its close.
    func ask(_ line: String) throws -> String { try AdminClient.ask(line, at: adminSocket) }

    /// What has become of `count` copies, once all of them have come to their end.
    func account(of count: Int) throws -> [String: Int] {
        var last: AgentCounters?
        return try eventually(
            "\(count) copies come to their end",
            evidence: { "last seen: \(last?.description ?? "-")\n\(process.log)" }
        ) {
            let counters = try counters()
            last = counters
            return counters["received"] >= count && counters.isSettled ? counters.account : nil
        }
    }
}
