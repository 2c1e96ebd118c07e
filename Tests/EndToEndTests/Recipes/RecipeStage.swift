import Foundation
import Testing

/// A recipe at work: HAProxy with the very files of `examples/haproxy`, production, agents and mirrors.
///
/// Only what a test cannot keep is replaced in the files: addresses, paths, the log's destination, and the times that a
/// starved machine would exceed.
final class RecipeStage {
    /// Which files, relative to `examples/haproxy`.
    struct Files {
        /// nil stands for "mirror everything": `haproxy.cfg`, or `haproxy-3.1.cfg` for versions from 3.1.
        var main: String?
        var engine = "spoe-mirror.conf"
        /// What `main` and `engine` name besides each other.
        var others: [String] = []
        /// Replaces more, as an operator may who is told to by the recipe.
        var changes: [(String, String)] = []

        fileprivate func main(for version: HAProxyVersion) -> String {
            main ?? (version == .v3_2 ? "haproxy-3.1.cfg" : "haproxy.cfg")
        }
    }

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
    /// `socket` is the path of the UNIX socket, as the recipe has it, where the only agent listens.
    init(
        _ version: HAProxyVersion, _ files: Files = Files(), agents options: [[String]] = [[]],
        sharedMirror: Bool = false, socket: String? = nil, processingTimeout: String = "10s",
        production script: @escaping RecordingMirror.Script = RecordingMirror.normal
    ) throws {
        directory = try TemporaryDirectory()
        production = try RecordingMirror(script)
        let first = try RecordingMirror()
        let mirrors = try options.indices.map { $0 == 0 || sharedMirror ? first : try RecordingMirror() }
        self.mirrors = mirrors
        frontend = .loopback(try Ports.free())

        var agents: [WatchedAgent] = []
        var addresses: [(String, String)] = []
        for (index, options) in options.enumerated() {
            let place = socket.map { [directory] in Endpoint.unix(Self.moved($0, to: directory)) }
            let agent = try WatchedAgent(
                mirrorURL: "http://127.0.0.1:\(mirrors[index].port)/", options, at: place,
                in: TemporaryDirectory())
            agents.append(agent)
            addresses.append(
                (socket.map { "unix@\($0)" } ?? "127.0.0.1:\(12_345 + index)", agent.endpoint.haproxyAddress))
        }

        self.agents = agents

        let main = files.main(for: version)
        let text = try Example.text(
            main,
            replacing: [
                ("global\n    log /dev/log local0", Self.global(directory)),
                ("bind :80", "bind \(frontend.haproxyAddress)"),
                ("127.0.0.1:8080", "127.0.0.1:\(production.port)"),
                ("timeout check   1s", "timeout check 10s"),
            ] + addresses + files.changes)
        let engine = try Example.text(
            files.engine, replacing: [("timeout processing 500ms", "timeout processing \(processingTimeout)")]
        )
        for other in files.others {
            let name = URL(fileURLWithPath: other).lastPathComponent
            _ = try directory.write(Self.moved(Example.text(other), to: directory), to: name)
        }
        _ = try directory.write(Self.moved(engine, to: directory), to: "spoe-mirror.conf")
        let file = try directory.write(Self.moved(text, to: directory), to: "haproxy.cfg")
        haproxy = try HAProxyProcess(version, file: file, in: directory)
    }

    /// `text` with the system's directories replaced by the test's.
    static func moved(_ text: String, to directory: TemporaryDirectory) -> String {
        ["/etc/haproxy/", "/run/haproxy/", "/run/spoa-mirror/"].reduce(text) {
            $0.replacingOccurrences(of: $1, with: "\(directory.path)/")
        }
    }

    /// A log that loses no line, and the harness's own socket.
    private static func global(_ directory: TemporaryDirectory) -> String {
        let ring = HAProxyConfiguration.filterLog
        return """
            ring \(ring)
                format raw
                maxlen 1024
                size 4194304

            global
                stats socket \(HAProxyProcess.statisticsSocket(in: directory)) mode 600 level admin expose-fd listeners
                log ring@\(ring) format raw local0
            """
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
        agents[index] = try WatchedAgent(
            mirrorURL: "http://127.0.0.1:\(mirrors[index].port)/", at: agents[index].endpoint,
            in: TemporaryDirectory())
    }

    /// The ends of all logs, for a failing test to show.
    func evidence() -> String {
        let filterLog = haproxy.filterLog.suffix(15).map(\.text).joined(separator: "\n")
        return ([haproxy.log, filterLog] + agents.map(\.process.log)).joined(separator: "\n---\n")
    }
}
