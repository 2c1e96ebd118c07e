internal import AdminSocket
internal import ArgumentParser
internal import SPOP

/// The command line. Names, letters and meanings are those of the agents this one replaces.
struct Options: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spoa-mirror",
        abstract: "Mirrors HTTP requests that HAProxy copies to it over SPOP.",
        discussion: """
            Times are a number and us, ms, s, m, h or d; milliseconds without a unit. \
            Exit codes are those of sysexits(3).
            """)

    @Option(
        name: .letter("a"),
        help:
            "Listen address: IPv4, IPv6, host name, or unix@/path[,mode=..][,group=..]. SPOP has no authentication."
    )
    var address = "127.0.0.1"

    @Option(
        name: .letter("p"), help: "Listen port. (default: 12345)", transform: OptionParsers.number(1...65535))
    var port: UInt16 = 12345

    @Option(
        name: .letter("b"), help: "Connections the kernel queues before they are accepted. (default: 128)",
        transform: OptionParsers.number(1...65535))
    var connectionBacklog: Int32 = 128

    @Option(
        name: .letter("B"),
        help: "Event mechanism: select, poll, epoll, linuxaio, iouring. (default: the best one here)",
        transform: OptionParsers.word(Backend.self))
    var libevBackend: Backend?

    @Option(
        name: .letter("c"), parsing: .singleValue,
        help: "Capability to announce: fragmentation, pipelining, async. Repeatable. (default: all)",
        transform: OptionParsers.word(Capability.self))
    var capability: [Capability] = []

    @Flag(
        name: [.customShort("D"), .long], help: "Run in the background; return once the listeners are open.")
    var daemonize = false

    @Option(name: .letter("F"), help: "Write the process id to this file.", transform: OptionParsers.path)
    var pidfile: String?

    @Option(
        name: .letter("i"),
        help: "Interval of the summary line in the log, and of the rates shown. (default: 5s)",
        transform: OptionParsers.interval())
    var monitorInterval: Duration = .seconds(5)

    @Option(
        name: .letter("l"),
        help: ArgumentHelp(
            "Log to this file. Modes: a append (default), w start empty; A, W the same, written line by line.",
            valueName: "[mode:]file"),
        transform: OptionParsers.logFile)
    var logfile: LogFile.Location?

    @Option(
        name: .letter("m"),
        help: "Longest SPOP frame in bytes, 256 to 16777216. (default: what HAProxy offers)",
        transform: OptionParsers.number(256...Options.longestFrame))
    var maxFrameSize: Int?

    /// Bytes of a frame past which none is taken, whatever HAProxy offers.
    static let longestFrame = 16 << 20

    @Option(
        name: .letter("n"), help: "Worker threads, 1 to 64. (default: 1)",
        transform: OptionParsers.number(1...64))
    var numWorkers: Int?

    @Option(
        name: .letter("r"), help: "Stop after this time; 0 runs for ever. (default: 0)",
        transform: TimeValue.parse)
    var runtime: Duration = .zero

    @Option(
        name: .letter("t"), help: "Hold each ACK back for this long, for tests. (default: 0)",
        transform: TimeValue.parse)
    var processingDelay: Duration = .zero

    @Option(name: .letter("u"), help: ArgumentHelp(SettingName.url.row.optionText))
    var mirrorURL = MirrorURLOption()

    @Option(
        name: .letter("I"), help: "Source of outgoing connections: interface, address or host name.",
        transform: OptionParsers.interface)
    var mirrorInterface: String?

    @Option(
        name: .letter("P"),
        help: ArgumentHelp(
            "Source port or ports of outgoing connections: PORT, FIRST-LAST or FIRST:COUNT.",
            valueName: "ports"),
        transform: OptionParsers.portRange)
    var mirrorLocalPort: ClosedRange<UInt16>?

    @OptionGroup(title: "Control")
    var control: ControlOptions

    @Option(help: "Name of the SPOE message to mirror.")
    var message = "mirror"

    @OptionGroup(title: "Copies")
    var copies: CopyOptions

    @OptionGroup(title: "Connections to the mirror")
    var transport: TransportOptions

    @OptionGroup(title: "Budgets")
    var budgets: BudgetOptions

    @OptionGroup(title: "Service")
    var service: ServiceOptions

    @Flag(help: "Start with mirroring paused: everything is acknowledged, nothing is sent.")
    var paused = false

    @Flag(help: "Check the options and exit.")
    var check = false

    @Flag(
        name: [.customShort("V"), .long], help: "Show the version, the libraries and the event mechanisms.")
    var version = false
}

extension NameSpecification {
    /// The long name, and a letter whose value may stand right behind it.
    fileprivate static func letter(_ letter: Character) -> NameSpecification {
        [.customShort(letter, allowingJoined: true), .long]
    }
}
