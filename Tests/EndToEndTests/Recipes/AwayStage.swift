import Foundation

/// The examples' "mirror everything", with their own times, whose agent goes away while requests overlap.
final class AwayStage {
    enum Fault: String, CaseIterable, Sendable {
        /// SIGKILL: connections are reset, and new ones refused.
        case killed
        /// SIGSTOP: the kernel still takes connections for it.
        case stopped
        /// Killed, and another one started once HAProxy has taken it out.
        case restarted
        /// What is sent to its address vanishes.
        case unreachable
    }

    private static let address = "10.9.9.1"

    private let directory: TemporaryDirectory
    private let namespace: NetworkNamespace?
    private let production: RecordingMirror
    private let mirror: RecordingMirror
    private var agent: WatchedAgent
    private let haproxy: HAProxyProcess
    private let frontend: Endpoint

    /// For an agent that becomes unreachable, all of it is in a network of its own.
    init(_ version: HAProxyVersion, threads: Int, hasCondition: Bool, isUnreachable: Bool) throws {
        directory = try TemporaryDirectory()
        let namespace = isUnreachable ? try NetworkNamespace() : nil
        self.namespace = namespace
        try namespace?.addBlackHole()
        try namespace?.ip("addr add \(Self.address)/32 dev lo")
        production = try Self.inside(namespace) { try RecordingMirror() }
        mirror = try Self.inside(namespace) { try RecordingMirror() }
        let endpoint = Endpoint.tcp(namespace == nil ? "127.0.0.1" : Self.address, try Ports.free())
        agent = try Self.agent(for: mirror, at: endpoint, in: namespace)
        frontend = .loopback(try Ports.free())

        var files = RecipeFiles(processingTimeout: "500ms", checkTimeout: "1s")
        files.globalLines = ["nbthread \(threads)"]
        if !hasCondition {
            let condition = " if { nbsrv(mirroragents) gt 0 }\n"
            files.engineText = try Example.text(files.engine, replacing: [(condition, "\n")])
        }
        let file = try files.write(
            to: directory, for: version,
            replacing: [
                ("bind :80", "bind \(frontend.haproxyAddress)"),
                ("127.0.0.1:8080", "127.0.0.1:\(production.port)"),
                ("127.0.0.1:12345", endpoint.haproxyAddress),
            ])
        haproxy = try HAProxyProcess(
            version, file: file, launcher: namespace?.launcher() ?? [], in: directory)
    }

    /// 300 requests a second from 200 connections, which all could wait for `timeout processing` and still keep their pace.
    func flow(during body: (Traffic) throws -> Void) throws -> Traffic.Report {
        let (namespace, frontend) = (namespace, frontend)
        return try Traffic.flow(
            clients: 200, pace: .every(200.0 / 300), prefix: "/away",
            connect: { try Self.inside(namespace) { try Socket.connect(to: frontend) } }, during: body)
    }

    /// Returns once HAProxy has noticed, and, after a restart, has taken the agent back.
    func begin(_ fault: Fault) throws {
        switch fault {
        case .killed, .restarted: agent.process.kill()
        case .stopped: agent.process.send(signal: SIGSTOP)
        case .unreachable: try namespace?.ip("addr del \(Self.address)/32 dev lo")
        }
        try eventually("HAProxy takes the agent out", evidence: evidence) { try health().isDown }
        guard fault == .restarted else { return }
        agent = try Self.agent(for: mirror, at: agent.endpoint, in: namespace)
        let copies = mirror.requests.count
        try eventually("HAProxy takes the agent back", evidence: evidence) {
            try health().isUp && mirror.requests.count > copies
        }
    }

    /// Requests that have waited for `timeout processing`, in vain.
    var waits: Int { haproxy.filterLog.filter { $0.status == 1 }.count }

    func evidence() -> String {
        "\(agent.process.log)\n\(haproxy.filterLog.suffix(15).map(\.text).joined(separator: "\n"))"
    }

    private func health() throws -> HAProxyStatistics.ServerHealth {
        try haproxy.statistics.health(of: "agent1")
    }

    private static func agent(
        for mirror: RecordingMirror, at endpoint: Endpoint, in namespace: NetworkNamespace?
    ) throws -> WatchedAgent {
        let (url, launcher) = ("http://127.0.0.1:\(mirror.port)/", try namespace?.launcher() ?? [])
        return try inside(namespace) {
            Carried(
                value: try WatchedAgent(
                    mirrorURL: url, launcher: launcher, at: endpoint, in: TemporaryDirectory()))
        }.value
    }

    /// Runs `body` on a thread whose sockets are in `namespace`.
    private static func inside<Result: Sendable>(
        _ namespace: NetworkNamespace?, _ body: @escaping @Sendable () throws -> Result
    ) throws -> Result {
        try namespace.map { try $0.run(body) } ?? body()
    }

    /// Made on one thread and used on another, one after the other.
    private struct Carried: @unchecked Sendable {
        let value: WatchedAgent
    }
}
