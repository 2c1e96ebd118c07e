internal import Glibc
internal import SPOP
internal import Stats
internal import System

/// One connection from HAProxy: moves bytes between the socket and its `Session`.
///
/// A round goes: read once, decode every whole frame, encode every answer, write them once, and only then mirror what
/// the NOTIFYs brought. Owned by its worker, on the worker's thread.
final class SPOPConnection {
    let descriptor: Descriptor
    private let context: WorkerContext
    private var watcher: IOWatcher?
    private var timer: TimerWatcher?
    private var delayed: DelayedAcks?
    private(set) var session: Session
    private var reader: FrameReader
    private var replies = ReplyBuffer()
    private var gauges = ConnectionGauges()
    private(set) var phase = Phase.talking
    /// When the bytes of this round were there, on the monotonic clock, in seconds.
    private var roundStart = 0.0
    private var framesInRound = 0
    /// Frames that came.
    private(set) var frames = 0
    /// On the monotonic clock, in seconds.
    let acceptedAt = MonotonicClock.now
    private var held = HeldMemory()
    /// Of HAProxy's buffers, in bytes, as far as its HELLO says; what it is by default before.
    private(set) var bufferSize = CopyStyle.usualBufferSize
    /// The fragments in progress were let go because the budget had no room for them.
    private var isOverBudget = false

    enum Phase {
        case talking
        /// All is said: the replies go out, then the peer's end is awaited, so that no reset overtakes our goodbye.
        case leaving
        case closed
    }

    /// Seconds until the peer has to have closed after our goodbye.
    private static let lingerTime = 1.0
    /// Seconds that a frame may take to arrive, and the next fragment of a payload to follow.
    private static let frameTime = 10.0

    /// Takes over a connected, non-blocking socket and starts reading from it.
    init(_ descriptor: consuming Descriptor, context: WorkerContext) {
        self.descriptor = descriptor
        self.context = context
        session = Session(limits: context.sessionLimits)
        reader = unsafe FrameReader(buffer: context.readBuffer)
        watcher = IOWatcher(loop: context.loop, priority: .haproxy) { [unowned self] in ready($0) }
        timer = TimerWatcher(loop: context.loop) { [unowned self] in timeUp() }
        if context.processingDelay > 0 {
            delayed = DelayedAcks(loop: context.loop, delay: context.processingDelay) { [unowned self] in
                releaseDelayed(all: false)
                updateGauges()
            }
        }
        watcher?.watch(self.descriptor.rawValue, for: .read)
        timer?.start(after: context.helloTimeout)
        context.counters.add(to: .connectionsOpened)
    }

    /// Says goodbye; ACKs that were held back go out first.
    func disconnect() {
        guard phase == .talking else { return }
        releaseDelayed(all: true)
        guard phase == .talking else { return }
        sayGoodbye(.normal)
        updateGauges()
    }

    private func ready(_ events: IOEvents) {
        if events.contains(.write) { flush() }
        // A peer that does not take its ACKs is not read from: it is held back, and only it.
        if events.contains(.read), phase != .closed, replies.isEmpty { receive() }
        chargeFrames()
        updateGauges()
    }

    private func timeUp() {
        guard phase == .talking else { return close() }
        if session.state == .open {
            context.errors.report(
                "frame time-out", "a connection began a frame or payload and did not end it")
            context.counters.add(session.isAssembling ? 1 : 0, to: .errors)
        } else {
            context.errors.report("hello-timeout", "a connection sent no HAPROXY-HELLO in time")
        }
        sayGoodbye(.timeout)
    }

    // MARK: in

    private func receive() {
        switch reader.read(from: descriptor.rawValue, splitter: session.splitter) {
        case .nothing: return
        case .closed, .failed: return close()
        case .bytes where phase == .leaving: return reader.discard()
        case .bytes: break
        }
        roundStart = MonotonicClock.now
        // Between read and answer: a request sees every change that was made before it came, and none made after its ACK.
        context.refreshSettings()
        takeFrames()
        flush()
        if !context.intake.isEmpty {
            context.intake.mirror(reader, receivedAt: roundStart, bufferSize: bufferSize)
        }
        reader.endRound()
        chargeUnfinished()
    }

    /// What is not whole yet counts as memory of copies, and has to become whole in time.
    private func chargeUnfinished() {
        guard phase == .talking else { return }
        if !held.charge(fragments: session.assembledBytes, in: context) {
            session.letGoOfFragments()
            isOverBudget = true
            _ = held.charge(fragments: session.assembledBytes, in: context)
        }
        guard session.state == .open else { return }
        let isUnfinished = session.isAssembling || reader.isInsideFrame
        if !isUnfinished {
            timer?.stop()
        } else if framesInRound > 0 || timer?.isRunning == false {
            timer?.start(after: Self.frameTime)
        }
    }

    /// What is held of a frame that has begun and of replies that are not read is bounded over all connections.
    private func chargeFrames() {
        guard phase == .talking, !held.charge(frames: reader.heldBytes + replies.heldBytes, in: context)
        else {
            return
        }
        context.errors.report("no memory", "a connection was closed for it (--max-queue-bytes)")
        reader.discard()
        sayGoodbye(.resourceAllocationError)
        // A peer that does not read is not waited for.
        if !replies.isEmpty { close() }
    }

    private func takeFrames() {
        framesInRound = 0
        do throws(DecodeError) {
            while session.state != .closing, let frame = try reader.next(session.splitter) {
                framesInRound += 1
                frames += 1
                try reader.withBytes(at: frame) { bytes throws(DecodeError) in
                    context.count(frame: bytes)
                    try take(bytes, at: frame)
                }
            }
        } catch {
            _ = session.fail(error, replies: &context.replies)
            finish(.failed(error))
        }
    }

    private func take(_ frame: RawSpan, at location: FrameReader.Location) throws(DecodeError) {
        switch session.receive(frame, replies: &context.replies) {
        case .none: break
        case .opened:
            timer?.stop()
            bufferSize = max(CopyStyle.usualBufferSize, session.peer?.bufferSize ?? 0)
            context.counters.add(to: .agentHellos)
        case .notify(let streamID, let frameID, let payload):
            let action = try context.intake.take(
                frame.extracting(payload), from: .frame(location.extracting(payload)), of: streamID,
                receivedAt: roundStart)
            answer(streamID, frameID, action)
        case .notifyReassembled(let streamID, let frameID, let payload):
            let action = unsafe try context.intake.take(
                payload.span.bytes, from: .reassembled(payload), of: streamID, receivedAt: roundStart)
            answer(streamID, frameID, action)
        case .notifyTooLarge(let streamID, let frameID):
            let reason = isOverBudget ? Refusal.queueFull : .tooLarge
            answer(streamID, frameID, .setSkip(reason.name))
            context.fanout.drop(
                reason, of: streamID, at: roundStart,
                isOverBudget ? reason.detail : "its fragments passed the limit of a payload")
        case .finished(let ending): finish(ending)
        }
        // Ended or given up: the next payload is another.
        if !session.isAssembling { isOverBudget = false }
    }

    // MARK: out

    private func answer(_ streamID: UInt64, _ frameID: UInt64, _ action: Action) {
        let ack = PendingAck(
            streamID: streamID, frameID: frameID, action: action, receivedAt: roundStart)
        if let delayed { delayed.hold(ack) } else { acknowledge(ack) }
    }

    private func acknowledge(_ ack: PendingAck) {
        let isOpen = session.acknowledge(
            streamID: ack.streamID, frameID: ack.frameID, ack.action, replies: &context.replies)
        guard isOpen else {
            context.counters.add(to: .errors)
            return
        }
        if replies.acks == 0 { replies.oldestAck = ack.receivedAt }
        replies.acks += 1
        context.counters.add(to: .acks)
        context.counters.add(to: .processed)
    }

    private func releaseDelayed(all: Bool) {
        delayed?.release(all: all, acknowledge)
        flush()
    }

    private func flush() {
        // The buffer is every connection's: nothing of a closed one may be left in it.
        guard phase != .closed else { return context.replies.removeAll(keepingCapacity: true) }
        guard !replies.isEmpty || !context.replies.isEmpty || phase == .leaving else { return }
        let (acks, oldestAck) = (replies.acks, replies.oldestAck)
        switch replies.flush(&context.replies, to: descriptor.rawValue) {
        case .failed: close()
        case .partial: watcher?.watch(descriptor.rawValue, for: .write)
        case .done:
            if acks > 0 {
                context.bank.ackDurations.record(seconds: MonotonicClock.now - oldestAck, count: acks)
            }
            watcher?.watch(descriptor.rawValue, for: .read)
            if phase == .leaving { _ = shutdown(descriptor.rawValue, Int32(SHUT_WR)) }
        }
    }

    // MARK: end

    /// Ends the session from this side.
    private func sayGoodbye(_ status: StatusCode) {
        session.disconnect(status, replies: &context.replies)
        context.noteDisconnect(status)
        leave()
    }

    private func finish(_ ending: Session.Ending) {
        context.note(ending)
        leave()
    }

    private func leave() {
        guard phase == .talking else { return }
        phase = .leaving
        timer?.start(after: Self.lingerTime)
        flush()
    }

    private func close() {
        guard phase != .closed else { return }
        phase = .closed
        watcher?.stop()
        timer?.stop()
        // NOTIFYs that got no answer any more ended in an error, as HAProxy sees it.
        context.counters.add(delayed?.count ?? 0, to: .errors)
        delayed = nil
        held.release(in: context)
        updateGauges()
        context.counters.add(to: .connectionsClosed)
        context.closed(self)
    }

    private func updateGauges() {
        let isOpen = phase == .talking && session.state == .open
        let waiting = (delayed?.count ?? 0) + (session.isAssembling ? 1 : 0)
        gauges.update(
            ConnectionGauges(
                applets: isOpen ? 1 : 0,
                idle: isOpen && waiting == 0 && replies.isEmpty && !reader.isInsideFrame ? 1 : 0,
                sending: phase == .closed ? 0 : replies.acks,
                waiting: phase == .closed ? 0 : waiting),
            in: context.counters)
    }
}
