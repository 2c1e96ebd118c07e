/// Where a benchmark puts its files, and the programs that it runs on them.
final class Workshop {
    /// A directory that somebody else removes.
    let directory: String
    /// The agent's program, and options for each run of it.
    let agent: String
    let agentOptions: [String]
    private var started = 0

    init(directory: String, agent: String, agentOptions: [String]) {
        self.directory = directory
        self.agent = agent
        self.agentOptions = agentOptions
    }

    func path(_ name: String) -> String { "\(directory)/\(name)" }

    /// Starts a program; its output goes to a file of its own.
    func start(_ name: String, _ command: [String]) throws -> ChildProcess {
        started += 1
        return try ChildProcess(name, command, outputFile: path("\(name)-\(started).out"))
    }

    /// All that a program prints when asked for its version, for instance.
    func output(of command: [String]) -> String {
        guard let process = try? start("version", command), process.wait(seconds: 5) else { return "" }
        return process.output
    }
}
