internal import ArgumentParser

/// How the agent is watched and steered while it runs.
struct ControlOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Answer GET /metrics and GET /healthz here: ADDRESS:PORT, or unix@/path[,mode=..][,group=..]. (default: nowhere)",
            valueName: "address"),
        transform: { try ListenAddress($0) })
    var metricsAddress: ListenAddress?

    @Option(
        help: ArgumentHelp(
            "Where 'save state' writes the settings changed at run time; they are read at the start.",
            valueName: "file"),
        completion: .file(), transform: OptionParsers.path)
    var stateFile: String?

    @Flag(help: "Start with mirroring paused: everything is acknowledged, nothing is sent.")
    var paused = false

    @OptionGroup var log: LoggingOptions
}
