import Foundation

/// Where a scenario's agent listens.
enum AgentPlace: Sendable {
    case loopback
    case ipv6Loopback
    case unixSocket

    fileprivate func endpoint(in directory: TemporaryDirectory) throws -> Endpoint {
        switch self {
        case .loopback: .loopback(try Ports.free())
        case .ipv6Loopback: .tcp("::1", try Ports.free())
        case .unixSocket: .unix(directory.file("agent.sock"))
        }
    }
}

/// The whole picture: client, HAProxy, production, the agent and the mirror.
final class Scenario {
    let directory: TemporaryDirectory
    let production: RecordingMirror
    let mirror: RecordingMirror
    private let agentEndpoint: Endpoint
    private let agentArguments: [String]
    private(set) var agent: AgentProcess
    let haproxy: HAProxyProcess
    /// Where clients connect.
    let frontend: Endpoint

    /// Starts everything; `configure` may change what HAProxy is told first.
    init(
        _ version: HAProxyVersion, agentArguments extraArguments: [String] = [],
        agentAt place: AgentPlace = .loopback, mirrorPath: String = "/",
        configure: (inout HAProxyConfiguration) -> Void = { _ in },
        mirror script: @escaping RecordingMirror.Script = RecordingMirror.normal
    ) throws {
        directory = try TemporaryDirectory()
        production = try RecordingMirror()
        mirror = try RecordingMirror(script)
        agentEndpoint = try place.endpoint(in: directory)
        agentArguments = ["--mirror-url", "http://127.0.0.1:\(mirror.port)\(mirrorPath)"] + extraArguments
        agent = try AgentProcess(agentEndpoint, agentArguments, in: directory)
        var configuration = HAProxyConfiguration(
            frontend: .loopback(try Ports.free()), production: .loopback(production.port),
            agent: agentEndpoint, agentMode: version.agentMode)
        configure(&configuration)
        frontend = configuration.frontend
        haproxy = try HAProxyProcess(version, configuration, in: directory)
    }

    /// A new client connection.
    func client() throws -> RawClient {
        try RawClient(frontend)
    }

    /// Sends one request over a connection of its own and returns production's answer.
    @discardableResult
    func send(_ request: Request) throws -> Response {
        var client = try client()
        return try client.exchange(request)
    }

    /// The copy of the request for `target`, once it is there.
    func copy(of target: String) throws -> RecordedRequest {
        try mirror.request(for: target, evidence: evidence)
    }

    /// Waits until HAProxy has logged `count` events, and returns all it has.
    ///
    /// HAProxy logs an event when its stream ends, which may be after the client has its answer.
    func filterLog(atLeast count: Int) throws -> [SPOELogLine] {
        try eventually("HAProxy logs \(count) events", evidence: evidence) {
            let lines = haproxy.filterLog
            return lines.count >= count ? lines : nil
        }
    }

    /// Starts an agent in place of the one that ended.
    func restartAgent() throws {
        agent = try AgentProcess(agentEndpoint, agentArguments, in: directory)
    }

    /// The ends of both logs, for a failing test to show.
    func evidence() -> String {
        let filterLog = haproxy.filterLog.map(\.text).joined(separator: "\n")
        let logs = [("agent", agent.log), ("HAProxy", haproxy.log), ("HAProxy's filter", filterLog)]
        let ends = logs.map { name, log in
            "--- \(name) ---\n" + log.split(separator: "\n").suffix(15).joined(separator: "\n")
        }
        return (ends + mirror.failures.suffix(5)).joined(separator: "\n")
    }
}
