internal import SPOP
internal import Stats
internal import System

/// What the connections of one worker share.
@safe final class WorkerContext {
    let loop: EventLoop
    let bank: ThreadBank
    /// Of SPOP.
    let counters: CounterBank
    let fanout: Fanout
    let memory: MemoryBudget
    /// Bytes that copies may take, whole or not.
    private(set) var maxQueueBytes: Int
    /// Bytes that frames which have not come or gone whole may take.
    private(set) var maxFrameBytes: Int
    /// Bytes of them that each connection may hold without a charge.
    private(set) var freeFrameBytes: Int
    let errors: RepeatedErrors
    let intake: NotifyIntake
    private let box: SettingsBox
    private let wantedLimits: Session.Limits
    /// In seconds.
    var helloTimeout: Double
    /// In seconds; 0 answers at once.
    let processingDelay: Double
    /// Every read of every connection goes here: frames are decoded where they arrive.
    let readBuffer: UnsafeMutableRawBufferPointer
    /// Replies are encoded here, and are gone when they are flushed, at the end of each round of a connection.
    var replies: [UInt8] = []
    /// Called when a connection is closed, with its last reference but the caller's.
    var closed: (SPOPConnection) -> Void = { _ in }

    private static let readBufferSize = 128 << 10

    init(
        loop: EventLoop, bank: ThreadBank, fanout: Fanout, memory: MemoryBudget,
        errors: RepeatedErrors, unknownMessages: UnknownMessages, box: SettingsBox,
        configuration: Configuration
    ) {
        self.loop = loop
        self.bank = bank
        counters = bank.counters
        self.fanout = fanout
        self.memory = memory
        maxQueueBytes = configuration.settings.maxQueueBytes
        maxFrameBytes = HeldMemory.mostOfFrames(configuration.settings)
        freeFrameBytes = HeldMemory.free(configuration.settings)
        self.errors = errors
        self.box = box
        wantedLimits = configuration.sessionLimits
        intake = NotifyIntake(
            names: .init(request: Array(configuration.messageName.utf8)), fanout: fanout,
            counters: counters, errors: errors, unknownMessages: unknownMessages)
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
        guard let (settings, destinations) = box.take() else { return }
        helloTimeout = settings.helloTimeout.inSeconds
        maxQueueBytes = settings.maxQueueBytes
        maxFrameBytes = HeldMemory.mostOfFrames(settings)
        freeFrameBytes = HeldMemory.free(settings)
        fanout.apply(settings, destinations)
    }
}
