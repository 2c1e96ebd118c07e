import Foundation

/// A running agent.
final class AgentProcess {
    let endpoint: Endpoint
    private let process: ChildProcess

    /// Starts an agent that listens on `endpoint` and waits until it does. It has two workers unless `arguments` say otherwise: what
    /// goes wrong between workers is to be seen.
    ///
    /// Its output is added to `agent.out` and `agent.err` in `directory`. `launcher` is a command that executes the one
    /// behind it, in other circumstances.
    init(
        _ endpoint: Endpoint, _ arguments: [String], in directory: TemporaryDirectory,
        environment: [String: String] = [:], launcher: [String] = []
    ) throws {
        self.endpoint = endpoint
        process = try Self.run(
            endpoint.agentArguments + ["-n", "2"] + arguments, in: directory, environment: environment,
            launcher: launcher)
        let process = process
        try eventually("the agent accepts on \(endpoint)", evidence: { process.output + process.errors }) {
            if let exit = process.poll() {
                throw HarnessError("the agent ended at once, \(exit): \(process.output)\(process.errors)")
            }
            return (try? Socket.connect(to: endpoint)) != nil
        }
    }

    /// Runs the agent's program with `arguments` and does not wait for anything.
    static func run(
        _ arguments: [String], in directory: TemporaryDirectory, environment: [String: String] = [:],
        launcher: [String] = []
    ) throws -> ChildProcess {
        let command = launcher + [try Executables.agent()] + arguments
        return try ChildProcess(
            command[0], Array(command.dropFirst()),
            outputFile: directory.file("agent.out"), errorFile: directory.file("agent.err"),
            environment: environment)
    }

    var pid: pid_t { process.pid }

    var isRunning: Bool { process.isRunning }

    /// What the agent has logged so far.
    var log: String { process.output + process.errors }

    func send(signal: Int32) {
        process.send(signal: signal)
    }

    /// Asks the agent to stop, as a service manager does, and waits until it has.
    func terminate() throws -> ChildProcess.Exit {
        process.send(signal: SIGTERM)
        return try process.wait()
    }

    /// Waits until the agent ends by itself.
    func wait() throws -> ChildProcess.Exit {
        try process.wait()
    }

    /// Ends the agent without giving it a chance to clean up.
    func kill() {
        process.kill()
    }

    /// The newest summary in the log.
    var summary: AgentSummary? { AgentSummary.all(in: log).last }
}

extension Endpoint {
    /// The options that make an agent listen here.
    var agentArguments: [String] {
        switch self {
        case .tcp(let host, let port): ["--address", host, "--port", String(port)]
        case .unix(let path): ["--address", "unix@\(path)"]
        }
    }
}
