/// HAProxy, production and an agent that counts; the mirror is whatever its URL says.
final class FidelityStage {
    let directory: TemporaryDirectory
    let production: RecordingMirror
    let agent: WatchedAgent
    let haproxy: HAProxyProcess
    /// Where clients connect.
    let frontend: Endpoint

    /// Starts everything. `mirrorURL` may point back at the frontend it is given.
    init(
        _ version: HAProxyVersion, _ arguments: [String] = [], frontendHost: String = "127.0.0.1",
        mirrorURL: (Endpoint) throws -> String, configure: (inout HAProxyConfiguration) -> Void = { _ in }
    ) throws {
        frontend = Endpoint.tcp(frontendHost, try Ports.free())
        directory = try TemporaryDirectory()
        production = try RecordingMirror()
        agent = try WatchedAgent(mirrorURL: mirrorURL(frontend), arguments, in: directory)
        var configuration = HAProxyConfiguration(
            frontend: frontend, production: .loopback(production.port), agent: agent.endpoint,
            agentMode: version.agentMode)
        configure(&configuration)
        haproxy = try HAProxyProcess(version, configuration, in: directory)
    }

    /// Starts everything, with `mirror` behind the agent.
    convenience init(
        _ version: HAProxyVersion, _ arguments: [String] = [], frontendHost: String = "127.0.0.1",
        to mirror: RecordingMirror, path: String = "/",
        configure: (inout HAProxyConfiguration) -> Void = { _ in }
    ) throws {
        try self.init(
            version, arguments, frontendHost: frontendHost,
            mirrorURL: { _ in "http://127.0.0.1:\(mirror.port)\(path)" }, configure: configure)
    }

    /// Sends one request over a connection of its own and returns production's answer.
    @discardableResult
    func send(_ request: Request) throws -> Response {
        var client = try RawClient(frontend)
        return try client.exchange(request)
    }

    /// What a failing test shows.
    func evidence() -> String {
        let counters = (try? agent.counters().description) ?? "-"
        let log = haproxy.log.split(separator: "\n").suffix(5).joined(separator: "\n")
        let errors = (try? agent.ask("show errors")) ?? "-"
        return "counters: \(counters)\n\(errors)\(agent.process.log)\n\(log)"
    }
}
