/// What is measured: the project's agent, or another one beside it.
enum Subject {
    /// The agent with `--paused`: acknowledges and mirrors nothing. The baseline.
    case paused
    /// The agent, mirroring.
    case mirroring
    /// Another agent.
    case yardstick(Yardstick)

    var name: String {
        switch self {
        case .paused: "paused"
        case .mirroring: "mirroring"
        case .yardstick(let yardstick): yardstick.name
        }
    }
}

/// A running agent.
final class AgentUnderTest {
    let port: UInt16
    private let process: ChildProcess
    /// Nil for agents that have none.
    private let adminSocket: String?

    init(_ subject: Subject, mirror: RunningMirror, options: [String], in workshop: Workshop) throws {
        if case .yardstick(let yardstick) = subject {
            port = try yardstick.usesPort ? Sockets.freePort() : Yardstick.fixedPort
            guard !Sockets.isListening(port) else {
                throw Failure("\(yardstick.name): port \(port) is in use")
            }
            adminSocket = nil
            process = try workshop.start(yardstick.name, yardstick.command(port: port, url: mirror.url))
        } else {
            port = try Sockets.freePort()
            let adminSocket = workshop.path("admin.sock")
            self.adminSocket = adminSocket
            var command = [workshop.agent, "-a", "127.0.0.1", "-p", "\(port)", "-u", mirror.url]
            command += ["--admin-socket", adminSocket] + options + workshop.agentOptions
            if case .paused = subject { command.append("--paused") }
            process = try workshop.start("agent", command)
        }
        try process.waitUntil { [port] in Sockets.isListening(port) }
    }

    /// Kills it: how it ends in order is for the tests.
    func stop() { process.kill() }

    var isRunning: Bool { process.isRunning }
    var output: String { process.output }
    var cpuTime: UInt64 { Clock.cpuTime(of: process.pid) }
    var memory: ProcessMemory { ProcessMemory(of: process.pid) }

    /// Its counters; nil if it has none.
    func counters() throws -> AgentCounters? { try adminSocket.map { try AgentCounters(from: $0) } }

    /// Waits until nothing is left to do: it spends no CPU time any more, and no copy waits or is under way.
    ///
    /// Asking for counters costs time that should not be measured, so that is done between long pauses only. Returns
    /// the CPU time before it was asked last, and whether all copies were gone.
    func drain(limit seconds: Double) throws -> (cpuTime: UInt64, isDrained: Bool) {
        let deadline = Clock.now + Clock.nanoseconds(seconds)
        while true {
            waitForQuiet(until: deadline)
            let cpuTime = cpuTime
            let isDrained = try counters()?.isDrained ?? true
            if isDrained || Clock.now >= deadline { return (cpuTime, isDrained) }
            Clock.sleep(seconds: 0.25)
        }
    }

    /// Until it has started, too.
    func settle() { waitForQuiet(until: Clock.now + Clock.nanoseconds(1)) }

    /// Until it spends less than 1 % of a CPU.
    private func waitForQuiet(until deadline: UInt64) {
        var before = cpuTime
        repeat {
            Clock.sleep(seconds: 0.05)
            let after = cpuTime
            if after - before < 500_000 { return }
            before = after
        } while Clock.now < deadline
    }
}
