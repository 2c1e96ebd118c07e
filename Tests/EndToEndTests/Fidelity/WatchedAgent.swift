/// An agent whose counters can be read at any time.
final class WatchedAgent {
    let directory: TemporaryDirectory
    let process: AgentProcess
    private let adminSocket: String

    init(
        mirrorURL: String, _ arguments: [String] = [], environment: [String: String] = [:],
        in directory: TemporaryDirectory
    ) throws {
        self.directory = directory
        adminSocket = directory.file("admin.sock")
        process = try AgentProcess(
            .loopback(try Ports.free()),
            ["--mirror-url", mirrorURL, "--admin-socket", adminSocket] + arguments, in: directory,
            environment: environment)
        // It listens for HAProxy before it does for operators, and answers them last of all.
        try eventually("the agent answers on its admin socket", evidence: { process.log }) {
            (try? counters()) != nil
        }
    }

    var endpoint: Endpoint { process.endpoint }

    func counters() throws -> AgentCounters { try AgentCounters(askingAt: adminSocket) }

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
