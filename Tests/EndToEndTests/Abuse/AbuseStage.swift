import Foundation
import Testing

/// An agent and its mirror, for peers that mean no good; and what must hold whatever they do.
final class AbuseStage {
    let mirror: RecordingMirror
    let agent: WatchedAgent
    private var checks = 0

    /// `--allow-core`, or /proc would not show the agent's descriptors to its own user. One worker unless `arguments` say otherwise: the good client then shares its loop with the bad ones.
    init(
        _ arguments: [String] = [], at endpoint: Endpoint? = nil, in directory: TemporaryDirectory? = nil,
        mirror script: @escaping RecordingMirror.Script = RecordingMirror.normal
    ) throws {
        mirror = try RecordingMirror(script)
        agent = try WatchedAgent(
            mirrorURL: "http://127.0.0.1:\(mirror.port)/",
            ["--allow-core"] + (arguments.contains("-n") ? [] : ["-n", "1"]) + arguments, at: endpoint,
            in: try directory ?? TemporaryDirectory())
    }

    var endpoint: Endpoint { agent.endpoint }

    /// A connection that has shaken hands.
    func greeted(maxFrameSize: UInt32 = 16_380) throws -> Socket {
        let socket = try Socket.connect(to: endpoint)
        try socket.write(SPOPFrame.hello(maxFrameSize: maxFrameSize).bytes)
        let greeting = try SPOPFrame.all(in: socket.read())
        #expect(greeting.map(\.type) == [SPOPFrame.agentHello])
        return socket
    }

    /// Sends `bytes` and returns the frames that come until the agent closes.
    func last(words bytes: [UInt8], on socket: Socket) throws -> [SPOPFrame] {
        try socket.write(bytes)
        return try SPOPFrame.all(in: socket.readToEnd())
    }

    /// Sends `bytes` after a HELLO, and expects to be sent away with `status`.
    func expectFarewell(
        _ status: String, to bytes: [UInt8], maxFrameSize: UInt32 = 16_380, _ what: String
    ) throws {
        let frames = try last(words: bytes, on: try greeted(maxFrameSize: maxFrameSize))
        let farewell = try #require(frames.last, "\(what): closed without a word")
        #expect(farewell.type == SPOPFrame.agentDisconnect, "\(what)")
        #expect(try farewell.items()["status-code"] == status, "\(what)")
    }

    /// A good client gets its ACK and its copy arrives; every copy is accounted for; and the agent has not been restarted.
    func expectGoodHealth() throws {
        checks += 1
        let target = "/good/\(checks)"
        try SPOPClient(endpoint).notify(.init(target: target))
        _ = try mirror.request(for: target, evidence: { agent.process.log })
        let counters = try agent.counters()
        #expect(counters.isBalanced, "\(counters)")
        #expect(agent.process.isRunning)
    }

    /// Open descriptors of the agent.
    func descriptors() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/\(agent.process.pid)/fd").count
    }

    /// Resident memory of the agent, in bytes.
    func residentBytes() throws -> Int {
        let pages = contents(of: "/proc/\(agent.process.pid)/statm").split(separator: " ")
        return try #require(pages.count > 1 ? Int(pages[1]) : nil) * sysconf(Int32(_SC_PAGESIZE))
    }
}

/// True when tests are to take as long as what they are about: `make test FULL=1`.
let isFullLength = ProcessInfo.processInfo.environment["SPOA_MIRROR_FULL_LENGTH"] != nil

/// True where every test has to run: what the machine does not have makes a test fail then, where it would be skipped else.
let skipsNothing = ProcessInfo.processInfo.environment["CI"] == "true"

/// True when the agent is built with a sanitizer, which costs it time and memory.
let isSanitized = ProcessInfo.processInfo.environment["SPOA_MIRROR_SANITIZED"] != nil
