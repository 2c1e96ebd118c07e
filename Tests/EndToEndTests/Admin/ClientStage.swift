/// An agent with a state file, and mirrorctl at its admin socket.
struct ClientStage {
    let directory: TemporaryDirectory
    let agent: WatchedAgent

    init() throws {
        directory = try TemporaryDirectory()
        agent = try WatchedAgent(
            mirrorURL: "http://127.0.0.1:9/", ["--state-file", directory.file("state")], in: directory)
    }
}

/// Tests that are played on it.
protocol ClientSuite {
    var stage: ClientStage { get }
}

extension ClientSuite {
    var directory: TemporaryDirectory { stage.directory }
    var agent: WatchedAgent { stage.agent }

    /// Runs `mirrorctl ARGUMENTS`.
    func run(_ arguments: String...) throws -> MirrorctlRun {
        try MirrorctlRun(arguments, socket: agent.adminSocket)
    }

    /// The same with `input` piped in.
    func pipe(_ input: String, _ arguments: String...) throws -> MirrorctlRun {
        try MirrorctlRun(arguments, socket: agent.adminSocket, input: input)
    }
}
