internal import SPOP
internal import Stats

/// What the connections of one worker share.
@safe final class WorkerContext {
    let loop: EventLoop
    let counters: CounterBank
    let pipeline: Pipeline
    let errors: RepeatedErrors
    let unknownMessages: UnknownMessages
    let sessionLimits: Session.Limits
    /// The name of the message to mirror, in UTF-8.
    let messageName: [UInt8]
    /// In seconds.
    let helloTimeout: Double
    /// In seconds; 0 answers at once.
    let processingDelay: Double
    /// Every read of every connection goes here: frames are decoded where they arrive.
    let readBuffer: UnsafeMutableRawBufferPointer
    /// Used again by each turn, so that a turn allocates nothing.
    var pending: [PendingCopy] = []
    /// Called when a connection is closed, with its last reference but the caller's.
    var closed: (SPOPConnection) -> Void = { _ in }

    private static let readBufferSize = 128 << 10

    init(
        loop: EventLoop, counters: CounterBank, pipeline: Pipeline, errors: RepeatedErrors,
        unknownMessages: UnknownMessages, configuration: Configuration
    ) {
        self.loop = loop
        self.counters = counters
        self.pipeline = pipeline
        self.errors = errors
        self.unknownMessages = unknownMessages
        sessionLimits = configuration.sessionLimits
        messageName = Array(configuration.messageName.utf8)
        helloTimeout = configuration.helloTimeout.inSeconds
        processingDelay = configuration.processingDelay.inSeconds
        unsafe readBuffer = .allocate(byteCount: Self.readBufferSize, alignment: 64)
    }

    deinit { unsafe readBuffer.deallocate() }
}
