internal import ArgumentParser

/// Which requests are mirrored, and how a copy may differ from what the client sent.
struct CopyOptions: ParsableArguments {
    @Option(
        help: "Share of requests to mirror, 0% to 100% in steps of 0.001%. (default: 100%)",
        transform: { try SampleRate($0) })
    var sampleRate = SampleRate.all

    @Option(
        help:
            "Methods to mirror: all, safe (GET, HEAD, OPTIONS, TRACE), or names separated by commas. (default: all)",
        transform: { try MethodFilter($0) })
    var methods = MethodFilter.all

    @Option(
        help: "What Host says: preserve what the client sent, destination, or a name. (default: preserve)",
        transform: { try CopyStyle.HostHeader($0) })
    var hostHeader = CopyStyle.HostHeader.preserve

    @Option(
        help: ArgumentHelp(
            "A copy whose body HAProxy cut off: drop it, send what is there, or send the headers alone. (default: drop)",
            valueName: "drop|send|headers"),
        transform: OptionParsers.word(CopyStyle.TruncatedBody.self))
    var truncatedBody = CopyStyle.TruncatedBody.drop

    @Option(
        name: .customLong("haproxy-bufsize"),
        help:
            "HAProxy's tune.bufsize: a body of no declared length that fills it counts as cut off. (default: auto, what HAProxy says)",
        transform: { BufferSizeChoice(bytes: try CopyStyle.parseBufferSize($0)) })
    var bufferSize = BufferSizeChoice(bytes: nil)

    @Option(
        help: ArgumentHelp(
            """
            A body of no declared length, when HAProxy does not wait for bodies: send it, or drop it. \
            (default: auto, drop once HAProxy has been seen not to wait)
            """, valueName: "auto|send|drop"),
        transform: OptionParsers.word(CopyStyle.UnknownLength.self))
    var unknownLength = CopyStyle.UnknownLength.auto

    @Option(
        help: ArgumentHelp(
            """
            Field that marks each copy, or none. A request that carries it is not mirrored again. \
            (default: X-Mirrored-By: spoa-mirror)
            """, valueName: "name: value"),
        transform: { MarkChoice(mark: try CopyStyle.Mark.parse($0)) })
    var markHeader = MarkChoice(mark: .standard)

    /// An optional that is set: the option parser would take nil for an option that was not given.
    struct MarkChoice {
        let mark: CopyStyle.Mark?
    }

    /// The same for a size.
    struct BufferSizeChoice {
        let bytes: Int?
    }

    var style: CopyStyle {
        CopyStyle(
            host: hostHeader, truncatedBody: truncatedBody, unknownLength: unknownLength,
            mark: markHeader.mark, bufferSize: bufferSize.bytes)
    }
}
