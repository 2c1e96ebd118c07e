internal import ArgumentParser
internal import System

/// How the agent lives with the machine's other services.
struct ServiceOptions: ParsableArguments {
    @Flag(
        name: [.customShort("D"), .long], help: "Run in the background; return once the listeners are open.")
    var daemonize = false

    @Option(
        name: .letter("F"), help: "Write the process id to this file.", completion: .file(),
        transform: OptionParsers.path)
    var pidfile: String?

    @Option(
        help: ArgumentHelp(
            "Started as root, become this user after opening what needs root: a name, or a number.",
            valueName: "name"),
        transform: { try Identity.User($0) })
    var user: Identity.User?

    @Option(
        help: ArgumentHelp(
            "The same for the group. (default: that of --user); no other group is kept.", valueName: "name"),
        transform: { try Identity.Group($0) })
    var group: Identity.Group?

    @Flag(help: "Let a crash leave a core dump, which has what clients sent in it.")
    var allowCore = false

    @Option(
        help:
            "Time to finish queued and in-flight copies at shutdown; 0 drops them at once. (default: 5s)",
        transform: TimeValue.parse)
    var drainTimeout: Duration = .seconds(5)

    @Option(
        name: .letter("r"), help: "Stop after this time; 0 runs for ever. (default: 0)",
        transform: TimeValue.parse)
    var runtime: Duration = .zero
}
