internal import ArgumentParser

/// What the agent may hold and how long it waits: the bounds that keep production from noticing a bad mirror.
struct BudgetOptions: ParsableArguments {
    @Option(
        help: "Copies under way to the mirror at once, 1 to 100000. (default: 256)",
        transform: BudgetParsers.maxInFlight)
    var maxInFlight = 256

    @Option(
        help: "Copies that may wait, 1 to 10000000; past it the new one is dropped. (default: 10000)",
        transform: BudgetParsers.maxQueue)
    var maxQueue = 10_000

    @Option(
        help:
            "Memory for copies that wait or are under way: bytes, or a number and KiB, MiB, GiB. (default: 64MiB)",
        transform: BudgetParsers.maxQueueBytes)
    var maxQueueBytes = 64 << 20

    @Option(help: "How long a copy may wait. (default: 5s)", transform: OptionParsers.interval)
    var maxQueueAge: Duration = .seconds(5)

    @Option(help: "Time for a connection to the mirror. (default: 5s)", transform: OptionParsers.interval)
    var connectTimeout: Duration = .seconds(5)

    @Option(help: "Time for a whole request to the mirror. (default: 10s)", transform: OptionParsers.interval)
    var timeout: Duration = .seconds(10)

    @Option(
        help: "Size of an answer past which the connection is cut: bytes, or KiB, MiB, GiB. (default: 1MiB)",
        transform: BudgetParsers.maxResponse)
    var maxResponse = 1 << 20

    @Option(
        help: ArgumentHelp(
            """
            Copies that are sent once more when a kept connection ends without an answer: those with an idempotent \
            method, all, or never any. (default: idempotent)
            """, valueName: "idempotent|all|never"),
        transform: OptionParsers.word(Resend.self))
    var resend = Resend.idempotent

    @Option(
        help: "SPOP connections at once, 1 to 100000. (default: 4096)",
        transform: BudgetParsers.maxConnections)
    var maxConnections = 4096

    @Option(help: "Time for HAProxy to say HELLO. (default: 5s)", transform: OptionParsers.interval)
    var helloTimeout: Duration = .seconds(5)
}
