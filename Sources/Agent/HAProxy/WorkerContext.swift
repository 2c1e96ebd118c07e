internal import SPOP
internal import Stats
internal import System

/// What the connections of one worker share.
@safe final class WorkerContext {
    let loop: EventLoop
    let bank: ThreadBank
    /// Of SPOP.
    let counters: CounterBank
    let pipeline: Pipeline
    let memory: MemoryBudget
    /// Bytes that copies may take, whole or not.
    private(set) var maxQueueBytes: Int
    /// Bytes that frames which have not come or gone whole may take.
    private(set) var maxFrameBytes: Int
    /// Bytes of them that each connection may hold without a charge.
    private(set) var freeFrameBytes: Int
    let errors: RepeatedErrors
    let unknownMessages: UnknownMessages
    private let box: SettingsBox
    private let wantedLimits: Session.Limits
    /// The name of the message to mirror, in UTF-8.
    let messageName: [UInt8]
    /// In seconds.
    var helloTimeout: Double
    /// In seconds; 0 answers at once.
    let processingDelay: Double
    /// Every read of every connection goes here: frames are decoded where they arrive.
    let readBuffer: UnsafeMutableRawBufferPointer
    /// Used again by each turn, so that a turn allocates nothing.
    var pending: [PendingCopy] = []
    /// Replies are encoded here, and are gone when they are flushed, at the end of each turn of a connection.
    var replies: [UInt8] = []
    /// Names of messages that were warned about already, as far as this worker knows.
    private var knownUnknowns: [[UInt8]] = []
    /// Called when a connection is closed, with its last reference but the caller's.
    var closed: (SPOPConnection) -> Void = { _ in }

    private static let readBufferSize = 128 << 10
    /// Copies that a read brings at most when HAProxy is busy: each has a few hundred bytes of fields.
    private static let usualPending = 1024

    init(
        loop: EventLoop, bank: ThreadBank, pipeline: Pipeline, memory: MemoryBudget,
        errors: RepeatedErrors,
        unknownMessages: UnknownMessages, box: SettingsBox, configuration: Configuration
    ) {
        self.loop = loop
        self.bank = bank
        counters = bank.counters
        self.pipeline = pipeline
        self.memory = memory
        maxQueueBytes = configuration.settings.maxQueueBytes
        maxFrameBytes = HeldMemory.mostOfFrames(configuration.settings)
        freeFrameBytes = HeldMemory.free(configuration.settings)
        self.errors = errors
        self.unknownMessages = unknownMessages
        self.box = box
        wantedLimits = configuration.sessionLimits
        messageName = Array(configuration.messageName.utf8)
        helloTimeout = configuration.settings.helloTimeout.inSeconds
        processingDelay = configuration.processingDelay.inSeconds
        unsafe readBuffer = .allocate(byteCount: Self.readBufferSize, alignment: 64)
    }

    deinit { unsafe readBuffer.deallocate() }

    /// What a new connection may do. A frame for which there can be no memory is not asked for.
    var sessionLimits: Session.Limits {
        var limits = wantedLimits
        limits.maxFrameSize = min(limits.maxFrameSize, max(HAProxyHello.smallestFrameSize, maxFrameBytes))
        return limits
    }

    /// Uses new settings from now on, if there are any.
    func refreshSettings() {
        guard let (settings, destination) = box.take() else { return }
        helloTimeout = settings.helloTimeout.inSeconds
        maxQueueBytes = settings.maxQueueBytes
        maxFrameBytes = HeldMemory.mostOfFrames(settings)
        freeFrameBytes = HeldMemory.free(settings)
        pipeline.apply(settings, destination)
    }

    /// Forgets what is pending, and gives back what an unusual turn took for it.
    func clearPending() { pending.removeAll(keepingCapacity: pending.count <= Self.usualPending) }

    /// Has the name of a message that is not mirrored warned about, once. Costs the next NOTIFYs with it a comparison.
    func noteUnknownMessage(_ payload: RawSpan, _ whole: Range<Int>) {
        guard knownUnknowns.count < UnknownMessages.mostNames else { return }
        // Cut before anything is kept: a name may be as long as its payload.
        let range = whole.prefix(UnknownMessages.longestName)
        guard !knownUnknowns.contains(where: { payload.matches(range, $0) }) else { return }
        let name = payload.bytes(range)
        knownUnknowns.append(name)
        unknownMessages.note(name)
    }
}
