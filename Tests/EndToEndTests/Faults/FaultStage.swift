import Foundation
import Testing

/// Clients, HAProxy, production and an agent, whose way to the mirror a test breaks while requests flow.
final class FaultStage {
    let directory: TemporaryDirectory
    let production: RecordingMirror
    let agent: AgentProcess
    let haproxy: HAProxyProcess
    let adminSocket: String
    /// Where clients connect.
    private let frontend: Endpoint

    /// The agent listens on a UNIX socket, which is there in every network namespace; `launcher` puts it into another one.
    init(
        mirrorURL: String, _ arguments: [String] = [], environment: [String: String] = [:],
        launcher: [String] = [], in directory: TemporaryDirectory
    ) throws {
        self.directory = directory
        production = try RecordingMirror()
        adminSocket = directory.file("admin.sock")
        let endpoint = Endpoint.unix(directory.file("agent.sock"))
        agent = try AgentProcess(
            endpoint, ["--mirror-url", mirrorURL, "--admin-socket", adminSocket, "-n", "2"] + arguments,
            in: directory, environment: environment, launcher: launcher)
        frontend = .loopback(try Ports.free())
        var configuration = HAProxyConfiguration(
            frontend: frontend, production: .loopback(production.port), agent: endpoint,
            agentMode: HAProxyVersion.debian.agentMode)
        // What production would want, and shorter than what an agent that is stopped takes.
        configuration.processingTimeout = "1s"
        haproxy = try HAProxyProcess(.debian, configuration, in: directory)
        try eventually("the agent answers on its admin socket", evidence: { agent.log }) {
            (try? counters()) != nil
        }
    }

    func counters() throws -> AgentCounters { try AgentCounters(askingAt: adminSocket) }

    /// What the agent answers to `commands`.
    func ask(_ commands: String) throws -> String {
        let socket = try Socket.connect(to: .unix(adminSocket))
        try socket.write("\(commands)\n")
        socket.endWriting()
        return String(decoding: try socket.readToEnd(), as: UTF8.self)
    }

    /// Has clients ask while `body` breaks something and mends it; none of them may see an error, and every copy must come to
    /// an end that is counted. Returns the counters at the end.
    @discardableResult
    func withTraffic(_ body: (Traffic) throws -> Void) throws -> AgentCounters {
        let report = try Traffic.flow(to: frontend, prefix: "/fault") { traffic in
            try moreTraffic(traffic)
            try body(traffic)
            try moreTraffic(traffic)
        }
        #expect(report.failures.isEmpty, "\(report.failures.prefix(5)) \(agent.log.suffix(2000))")
        #expect(agent.isRunning)
        var last: AgentCounters?
        return try eventually(
            "every copy comes to its end", within: 60,
            evidence: {
                "last seen: \(last?.values.filter { $0.value != 0 } ?? [:])\n\(agent.log.suffix(2000))"
            }
        ) {
            let counters = try counters()
            last = counters
            #expect(counters.isBalanced, "\(counters)")
            return counters.isSettled && counters["acks"] == counters["received"] ? counters : nil
        }
    }

    /// Waits until production has answered some more requests.
    func moreTraffic(_ traffic: Traffic, requests: Int = 50) throws {
        let before = traffic.requests
        try eventually("production answers", evidence: { agent.log }) {
            traffic.requests >= before + requests
        }
    }

    /// Waits until a counter has passed what it is now.
    func more(of name: String) throws {
        let before = try counters()[name]
        try eventually("more \(name)", within: 60, evidence: { agent.log }) { try counters()[name] > before }
    }

    /// Processor time that the agent has used, in seconds.
    func processorTime() throws -> Double {
        // The second field, in brackets, may have blanks in it.
        let fields =
            contents(of: "/proc/\(agent.pid)/stat").split(separator: ")").last?.split(separator: " ") ?? []
        let ticks = try #require(fields.count > 13 ? Double(fields[11]) : nil) + (Double(fields[12]) ?? 0)
        return ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}
