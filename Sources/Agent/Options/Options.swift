internal import AdminSocket
internal import ArgumentParser

/// The command line. Names, letters and meanings are those of the agents this one replaces.
struct Options: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spoa-mirror",
        abstract: "Mirrors HTTP requests that HAProxy copies to it over SPOP.",
        discussion: """
            Times are a number and us, ms, s, m, h or d; milliseconds without a unit. \
            Exit codes are those of sysexits(3).
            """)

    /// What nearly every command line has.
    struct Essentials: ParsableArguments {
        @Option(name: .letter("u"), help: ArgumentHelp(SettingName.url.row.optionText))
        var mirrorURL = MirrorURLOption()

        @Option(
            name: .letter("a"),
            help:
                "Listen address: IPv4, IPv6, host name, or unix@/path[,mode=..][,group=..]. SPOP has no authentication. (default: 127.0.0.1)"
        )
        var address: String?

        static let standardAddress = "127.0.0.1"

        @Option(
            name: .letter("p"), help: "Listen port. (default: 12345)",
            transform: OptionParsers.number(1...65535))
        var port: UInt16?

        static let standardPort: UInt16 = 12345

        @Option(
            name: .long, parsing: .singleValue,
            help: ArgumentHelp(
                "Admin socket. Repeatable. Level user, operator or admin (default); mode 660 unless given.",
                valueName: "path[,level=..][,mode=..][,group=..]"),
            completion: .file(), transform: { try AdminSocketOption($0) })
        var adminSocket: [AdminSocketOption] = []

        @Option(
            name: .long, parsing: .singleValue,
            help: ArgumentHelp(
                "One more destination for the same requests, with settings of its own. Repeatable, up to 16. What it does not name is as the other options say.",
                valueName: "name=url[,setting=value..]"))
        var destination: [String] = []
    }

    @OptionGroup(title: "Essentials")
    var essentials: Essentials

    @OptionGroup(title: "Copies")
    var copies: CopyOptions

    @OptionGroup(title: "Budgets")
    var budgets: BudgetOptions

    @OptionGroup(title: "Connections to the mirror")
    var transport: TransportOptions

    @OptionGroup(title: "Control and log")
    var control: ControlOptions

    @OptionGroup(title: "Connections from HAProxy")
    var spop: SPOPOptions

    @OptionGroup(title: "Service")
    var service: ServiceOptions

    @Flag(help: "Check options, files, rights and ports without listening, show all problems, and exit.")
    var check = false

    @Flag(help: "The same, with the options and rights of the systemd unit spoa-mirror.service.")
    var checkService = false

    @Flag(
        name: [.customShort("V"), .long], help: "Show the version, the libraries and the event mechanisms.")
    var version = false
}

extension NameSpecification {
    /// The long name, and a letter whose value may stand right behind it.
    static func letter(_ letter: Character) -> NameSpecification {
        [.customShort(letter, allowingJoined: true), .long]
    }
}
