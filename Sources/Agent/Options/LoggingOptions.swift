internal import ArgumentParser
internal import System

/// What is logged, and where.
struct LoggingOptions: ParsableArguments {
    @Option(
        name: .letter("l"),
        help: ArgumentHelp(
            "Log to this file. Modes: a append (default), w start empty; A, W the same, written line by line.",
            valueName: "[mode:]file"),
        completion: .file(), transform: OptionParsers.logFile)
    var logfile: LogFile.Location?

    @Flag(help: "Log to the machine's syslog, /dev/log, facility daemon.")
    var syslog = false

    @OptionGroup var live: LogOptions

    @Option(
        name: .letter("i"),
        help: "Interval of the summary line in the log, and of the rates shown. (default: 5s)",
        transform: OptionParsers.interval())
    var monitorInterval: Duration = .seconds(5)
}
