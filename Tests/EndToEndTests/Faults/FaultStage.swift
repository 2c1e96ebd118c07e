import Foundation
import Testing

/// Clients, HAProxy, production and an agent, whose way to the mirror a test breaks while requests flow.
final class FaultStage {
    private let version: HAProxyVersion
    let directory: TemporaryDirectory
    let production: RecordingMirror
    let agent: AgentProcess
    let haproxy: HAProxyProcess
    let adminSocket: String
    /// What clients send with each request.
    var body: [UInt8] = []
    private let relay: CuttingRelay?
    /// Where clients connect.
    private let frontend: Endpoint
    /// Requests that production has answered.
    private var answered = 0

    /// The agent listens on a UNIX socket, which is there in every network namespace; `launcher` puts it into another one.
    /// HAProxy's frames arrive as they are, or in `pieces` of these sizes.
    ///
    /// A broken mirror has to hold its copies for seconds: an ACK that waited for it is then too late for HAProxy.
    init(
        _ version: HAProxyVersion = .debian, mirrorURL: String, _ arguments: [String] = [],
        environment: [String: String] = [:], launcher: [String] = [], pieces: [Int] = [],
        checksHealth: Bool = true, in directory: TemporaryDirectory
    ) throws {
        self.version = version
        self.directory = directory
        production = try RecordingMirror()
        adminSocket = directory.file("admin.sock")
        let endpoint = Endpoint.unix(directory.file("agent.sock"))
        agent = try AgentProcess(
            endpoint, ["--mirror-url", mirrorURL, "--admin-socket", adminSocket, "-n", "2"] + arguments,
            in: directory, environment: environment, launcher: launcher)
        frontend = .loopback(try Ports.free())
        relay = pieces.isEmpty ? nil : try CuttingRelay(to: endpoint, pieces: pieces)
        var configuration = HAProxyConfiguration(
            frontend: frontend, production: .loopback(production.port),
            agent: relay.map { .loopback($0.port) } ?? endpoint, agentMode: version.agentMode)
        // What production would want, and shorter than any fault lasts here.
        configuration.processingTimeout = "2s"
        configuration.checksHealth = checksHealth
        haproxy = try HAProxyProcess(version, configuration, in: directory)
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

    /// Has clients ask while `body` breaks something and mends it; none of them may see an error, HAProxy must have had each
    /// ACK in time unless `acknowledgesLate`, and every copy must come to an end that is counted. Returns the counters at the
    /// end.
    @discardableResult
    func withTraffic(
        requests: Int = 50, acknowledgesLate: Bool = false, _ body: (Traffic) throws -> Void
    ) throws -> AgentCounters {
        let report = try Traffic.flow(to: frontend, prefix: "/fault", body: self.body) { traffic in
            try moreTraffic(traffic, requests: requests)
            try body(traffic)
            try moreTraffic(traffic, requests: requests)
        }
        answered += report.requests
        if !acknowledgesLate {
            let late = try lateAcknowledgements()
            #expect(late.isEmpty, "\(late.count) late ACKs: \(late.suffix(5))")
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

    /// Events of HAProxy's log that failed: faults last longer than HAProxy waits for an ACK, and one that waited for a fault to
    /// end would have come too late. Lines, and with HAProxy before 3.1 the count of all, because those of long ago may be gone.
    func lateAcknowledgements() throws -> [String] {
        let lines = try eventually("HAProxy has logged all events", evidence: { agent.log }) {
            let lines = haproxy.filterLog
            return (lines.map(\.processed).max() ?? 0) >= answered ? lines : nil
        }
        let errors = !version.speaksSPOP ? lines.map(\.errors).max() ?? 0 : 0
        return lines.filter { $0.status != 0 }.map(\.text) + (errors > 0 ? ["\(errors) errors in all"] : [])
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
