internal import ArgumentParser

/// How the agent is watched and steered while it runs.
struct ControlOptions: ParsableArguments {
    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp(
            "Admin socket. Repeatable. Level user, operator or admin (default); mode 660 unless given.",
            valueName: "path[,level=..][,mode=..][,group=..]"),
        transform: { try AdminSocketOption($0) })
    var adminSocket: [AdminSocketOption] = []

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
        transform: OptionParsers.path)
    var stateFile: String?

    @OptionGroup var log: LogOptions
}
