/// One run of the agent's program that is expected to end by itself.
struct CommandLineRun {
    let exit: ChildProcess.Exit
    let output: String
    let errors: String

    /// `launcher` is a command that executes the one behind it, in other circumstances.
    init(_ arguments: [String], launcher: [String] = []) throws {
        let directory = try TemporaryDirectory()
        let process = try AgentProcess.run(arguments, in: directory, launcher: launcher)
        exit = try process.wait()
        output = process.output
        errors = process.errors
    }

    var errorLines: [Substring] { errors.split(separator: "\n", omittingEmptySubsequences: true) }

    /// Whether the program said in one line what is wrong with the system, and ended with a status of sysexits.h
    /// that says so too (and not 64, which blames the options).
    var refusedToStart: Bool {
        guard case .status(let status) = exit else { return false }
        return (65...78).contains(status) && errorLines.count == 1
    }
}
