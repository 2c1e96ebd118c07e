import Testing

/// A recipe at work: HAProxy with the files of `examples/haproxy`, production, agents and mirrors.
final class RecipeStage {
    let directory: TemporaryDirectory
    let production: RecordingMirror
    /// One for each agent.
    let mirrors: [RecordingMirror]
    private(set) var agents: [WatchedAgent]
    let haproxy: HAProxyProcess
    /// Where clients connect.
    let frontend: Endpoint
    private var linesSeen = 0

    /// Starts everything, with one agent for each element of `agents`, which are its options.
    ///
    /// `socket` is the path of the UNIX socket where the only agent listens, as the recipe has it.
    init(
        _ version: HAProxyVersion, _ files: RecipeFiles = RecipeFiles(), agents options: [[String]] = [[]],
        sharedMirror: Bool = false, socket: String? = nil
    ) throws {
        directory = try TemporaryDirectory()
        production = try RecordingMirror()
        frontend = .loopback(try Ports.free())
        var addresses = [
            ("bind :80", "bind \(frontend.haproxyAddress)"),
            ("127.0.0.1:8080", "127.0.0.1:\(production.port)"),
        ]
        var agents: [WatchedAgent] = []
        var mirrors: [RecordingMirror] = []
        for (index, options) in options.enumerated() {
            let mirror = try index > 0 && sharedMirror ? mirrors[0] : RecordingMirror()
            let place = socket.map { [directory] in Endpoint.unix(RecipeFiles.moved($0, to: directory)) }
            let agent = try Self.agent(mirror, options, at: place)
            let address = socket.map { "unix@\($0)" } ?? "127.0.0.1:\(12_345 + index)"
            addresses.append((address, agent.endpoint.haproxyAddress))
            mirrors.append(mirror)
            agents.append(agent)
        }
        self.mirrors = mirrors
        self.agents = agents
        let file = try files.write(to: directory, for: version, replacing: addresses)
        haproxy = try HAProxyProcess(version, file: file, in: directory)
    }

    private static func agent(
        _ mirror: RecordingMirror, _ options: [String] = [], at place: Endpoint?
    ) throws -> WatchedAgent {
        try WatchedAgent(
            mirrorURL: "http://127.0.0.1:\(mirror.port)/", options, at: place, in: TemporaryDirectory())
    }

    var agent: WatchedAgent { agents[0] }
    var mirror: RecordingMirror { mirrors[0] }

    /// Sends one request over a connection of its own and expects production's answer.
    func send(_ request: Request) throws {
        var client = try RawClient(frontend)
        #expect(try client.exchange(request).status == 200, "\(request.method) \(request.target)")
    }

    /// Sends a GET for each target over one connection and expects production's answers.
    func send(_ targets: [String]) throws {
        var client = try RawClient(frontend)
        for target in targets {
            #expect(try client.exchange(Request(target: target)).status == 200, "\(target)")
        }
    }

    /// Waits until `count` copies have come to their end in the agent at `index`, and returns the targets that its
    /// mirror got, sorted: copies over several connections may overtake each other.
    ///
    /// HAProxy has asked by the time a client has its answer, so what has not been copied then never will be.
    func copies(of count: Int, agent index: Int = 0) throws -> [String] {
        _ = try agents[index].account(of: count)
        return mirrors[index].requests.map(\.target).sorted()
    }

    /// The line that HAProxy has logged about the only request since the last one that was asked for.
    func logLine() throws -> SPOELogLine {
        defer { linesSeen += 1 }
        return try eventually("HAProxy logs the event", evidence: evidence) {
            haproxy.filterLog.dropFirst(linesSeen).first
        }
    }

    /// Puts another agent in the place of the one at `index`, which has ended.
    func restartAgent(_ index: Int) throws {
        agents[index] = try Self.agent(mirrors[index], at: agents[index].endpoint)
    }

    /// The ends of all logs, for a failing test to show.
    func evidence() -> String {
        let filterLog = haproxy.filterLog.suffix(15).map(\.text).joined(separator: "\n")
        return ([haproxy.log, filterLog] + agents.map(\.process.log)).joined(separator: "\n---\n")
    }
}
