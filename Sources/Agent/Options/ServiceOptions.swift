internal import ArgumentParser

/// How the agent lives with the machine's other services.
struct ServiceOptions: ParsableArguments {
    @Flag(help: "Log to the machine's syslog, /dev/log, facility daemon.")
    var syslog = false

    @Option(
        help:
            "Time that copies waiting or under way are given when the agent stops; 0 gives them up. (default: 5s)",
        transform: OptionParsers.time)
    var drainTimeout: Duration = .seconds(5)
}
