internal import ArgumentParser
internal import SPOP

/// How the agent talks to HAProxy, and with how many threads.
struct SPOPOptions: ParsableArguments {
    @Option(help: "Name of the SPOE message to mirror.")
    var message = "mirror"

    @Option(
        name: .letter("n"), help: "Worker threads, 1 to 64. (default: 1)",
        transform: OptionParsers.number(1...64))
    var numWorkers: Int?

    @Option(
        name: .letter("b"), help: "Connections the kernel queues before they are accepted. (default: 128)",
        transform: OptionParsers.number(1...65535))
    var connectionBacklog: Int32 = 128

    @Option(
        name: .letter("B"),
        help: "Event mechanism: select, poll, epoll, linuxaio, iouring. (default: the best one here)",
        completion: .list(Backend.allCases.map(\.rawValue)), transform: OptionParsers.word(Backend.self))
    var libevBackend: Backend?

    @Option(
        name: .letter("c"), parsing: .singleValue,
        help: "Capability to announce: fragmentation, pipelining, async. Repeatable. (default: all)",
        completion: .list(Capability.allCases.map(\.rawValue)), transform: OptionParsers.word(Capability.self)
    )
    var capability: [Capability] = []

    @Option(
        name: .letter("m"),
        help: "Longest SPOP frame in bytes, 256 to 16777216. (default: what HAProxy offers)",
        transform: OptionParsers.number(256...SPOPOptions.longestFrame))
    var maxFrameSize: Int?

    /// Bytes of a frame past which none is taken, whatever HAProxy offers.
    static let longestFrame = 16 << 20

    @Option(
        name: .letter("t"), help: "Hold each ACK back for this long, for tests. (default: 0)",
        transform: TimeValue.parse)
    var processingDelay: Duration = .zero
}
