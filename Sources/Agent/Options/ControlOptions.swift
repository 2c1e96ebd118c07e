internal import AdminSocket
internal import ArgumentParser
internal import Logging

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

    @Option(
        help: ArgumentHelp(
            "Least level that is logged: trace, debug, info, notice, warning, error, critical. (default: info)",
            valueName: "level"),
        transform: OptionParsers.logLevel)
    var logLevel = Logger.Level.info

    @Option(
        help: ArgumentHelp(
            "One log line per copy: off, on, or query, with the query of its URL. (default: off)",
            valueName: "off|on|query"),
        transform: OptionParsers.word(RequestLogMode.self))
    var requestLog = RequestLogMode.off

    /// The settings that `arguments` name, for `show settings` to tell an option from a default.
    static func given(in arguments: [String]) -> Set<SettingName> {
        Set(
            SettingName.allCases.filter { name in
                arguments.contains { argument in
                    argument == "--\(name.option)" || argument.hasPrefix("--\(name.option)=")
                        || (name == .url && argument.hasPrefix("-u"))
                }
            })
    }
}
