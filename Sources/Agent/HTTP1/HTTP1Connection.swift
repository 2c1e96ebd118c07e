internal import System

/// A connection to a mirror, from the first attempt to make it to its end, and the copy that is on it.
///
/// It is watched for reading all its life, and its timer runs on: neither takes a call for each copy.
final class HTTP1Connection {
    /// When it was begun, on the monotonic clock.
    let begunAt = MonotonicClock.now
    /// For the pool: where it stands among those that rest.
    var slot = 0
    /// For the context: it is among those to be looked at later.
    var isLeft = false
    private(set) var isConnected = false
    /// It may take a copy.
    private(set) var isResting = false
    /// A byte of an answer has come on it.
    private(set) var hasAnswered = false
    private unowned let pool: ConnectionPool
    private let context: HTTP1Context
    private var wire: (any Wire)?
    private var watcher: IOWatcher?
    private var timer: DeadlineTimer?
    private var connectedAt = 0.0
    /// It has rested, or has had another copy: what is sent on it may meet its end.
    private var isKept = false
    /// Its making is counted with a copy.
    private var isCounted = false

    /// The copy that is on it.
    private var transfer: HTTP1Transfer?
    private var resend = Resend.never
    private var reader = AnswerReader()
    /// Bytes of the copy, and how many of them are written.
    private var size = 0
    private var written = 0
    /// The rest cannot be written: what has come of an answer is still to be read.
    private var writeFailure: Failure?
    /// What its mirror may take for the beginning of something else than requests.
    private var isLastCopy = false
    /// Its mirror spoke before it was asked: what it says may never belong to the copy that waits for it.
    private var spokeFirst = false
    private var mayOpenTunnel = false

    private typealias Failure = (reason: FailureReason, text: String)

    /// Bytes that are offered to the system at once: more would take it longer than a pass may last.
    private static let mostAtOnce = 256 << 10
    /// Reads in a row, of a connection on which more may wait than events tell.
    private static let mostReads = 16

    init(to pool: ConnectionPool, context: HTTP1Context) { (self.pool, self.context) = (pool, context) }

    /// Begins to connect; false when there is no memory.
    func begin(_ addresses: [String]?) -> Bool {
        wire = context.maker.makeWire(to: pool.url, addresses: addresses, for: self)
        return wire != nil
    }

    /// Closes it and tells nobody: the pool alone does.
    func close() {
        watcher?.stop()
        timer?.stop()
        wire.take()?.close()
        (isResting, transfer) = (false, nil)
    }

    // MARK: what comes of connecting

    func connected() {
        guard let wire else { return }
        (isConnected, connectedAt) = (true, MonotonicClock.now)
        watcher = IOWatcher(loop: context.loop, priority: .mirror) { [unowned self] in ready($0) }
        watcher?.watch(wire.socket, for: .read)
        spokeFirst = wire.hasSpoken
        timer = DeadlineTimer(loop: context.loop, priority: .mirror) { [unowned self] in timeOut() }
        pool.connected(self)
    }

    func failed(_ reason: FailureReason, _ detail: String) { pool.failed(self, as: reason, detail) }

    // MARK: copies

    /// Sends `transfer`'s copy. Its owner gets the result later.
    func take(_ transfer: HTTP1Transfer) {
        isResting = false
        (self.transfer, transfer.connection) = (transfer, self)
        if !isCounted { transfer.connectionsOpened += 1 }
        isCounted = true
        let rules = context.rules
        (resend, written, writeFailure) = (rules.resend, 0, nil)
        if let copy = transfer.copy {
            unsafe copy.withUnsafeMutablePointerToHeader { layout in
                unsafe size = layout.pointee.bodyEnd
                unsafe mayOpenTunnel = layout.pointee.mayOpenTunnel
                unsafe isLastCopy = mayOpenTunnel || layout.pointee.authenticates
                // Behind the head of its answer there may be a tunnel: nobody may wait for a body.
                let endsWithHead = unsafe layout.pointee.answerHasNoBody || mayOpenTunnel
                reader.begin(isToHEAD: endsWithHead, maxBody: rules.maxResponse)
            }
        }
        timer?.wait(until: transfer.startedAt + rules.timeout)
        transfer.isSent()
        write()
    }

    /// It may take the next copy; `isReplaced` tells whether there is another mirror by now.
    func rest(isReplaced: Bool) {
        (isResting, isKept) = (true, true)
        let ages = context.rules.ages
        timer?.wait(
            until: min(
                MonotonicClock.now + (isReplaced ? ages.restWhenReplaced : ages.rest), connectedAt + ages.life
            ))
    }

    /// Ends the copy that is on it, and itself with it.
    func fail(_ reason: FailureReason, _ detail: String) { finish(.failed(reason), detail) }

    /// As `fail`, and tells nobody.
    func abandon() {
        transfer = nil
        pool.end(self)
    }

    private func finish(
        _ outcome: Outcome, _ detail: String?, isAmbiguous: Bool = false, isReusable: Bool = false
    ) {
        guard let transfer = transfer.take() else { return }
        transfer.connection = nil
        let end = TransferEnd(
            outcome: outcome, bytesSent: transfer.writtenBefore + written,
            bytesReceived: reader.bytesReceived, connectionsOpened: transfer.connectionsOpened,
            httpVersion: reader.httpVersion, wasResent: transfer.wasResent, wasAmbiguous: isAmbiguous,
            detail: detail)
        if !isReusable { pool.end(self, isAnswered: detail == nil) }
        context.finish(transfer, end)
        guard isReusable else { return }
        isKept = true
        pool.release(self)
    }

    private func timeOut() {
        guard let transfer else { return pool.end(self) }
        let time = Int((MonotonicClock.now - transfer.startedAt) * 1000)
        let bytes = reader.announcedBytes.map { "\(reader.bodyBytes) out of \($0)" } ?? "\(reader.bodyBytes)"
        fail(.timeout, "Operation timed out after \(time) milliseconds with \(bytes) bytes received")
    }

    // MARK: events

    private func ready(_ events: IOEvents) {
        guard let wire else { return }
        if isResting {
            // Whatever it is: nobody may send a copy before it is read.
            pool.withdraw(self)
            isResting = false
        }
        guard context.queue.serves(wire.socket) else { return }
        if events.contains(.write) { write() }
        if events.contains(.read) { read() }
    }

    /// It was left for later: there is more to read than was read at once, or it cannot be written. Its copy may have ended since,
    /// by an event.
    func lookAgain() {
        guard let wire, transfer != nil else { return }
        if writeFailure == nil, !context.queue.serves(wire.socket) { return context.lookLater(at: self) }
        read()
    }

    // MARK: the copy goes out

    private func write() {
        guard let wire, let copy = transfer?.copy, written < size, writeFailure == nil else { return }
        let sent = unsafe copy.withUnsafeMutablePointerToElements { bytes in
            let count = min(size - written, Self.mostAtOnce)
            return unsafe wire.send(UnsafeRawBufferPointer(start: bytes + written, count: count))
        }
        switch sent {
        case .bytes(let count): written += count
        case .again: break
        case .failed(let reason, let text):
            writeFailure = (reason, text)
            context.lookLater(at: self)
        case .cutOff: context.noteCutOff(MultiHandle.cutOffReason)
        }
        let isDone = written == size || writeFailure != nil
        watcher?.watch(wire.socket, for: isDone ? .read : [.read, .write])
    }

    // MARK: the answer comes in

    private func read() {
        guard transfer != nil else { return readUnasked() }
        for _ in 0..<Self.mostReads {
            guard let wire else { return }
            let isComplete = reader.state == .complete
            switch unsafe wire.receive(into: context.buffer) {
            case .bytes(let count):
                let state = take(count)
                // In the clear, a read that does not fill the buffer has taken all there is.
                let isAll = unsafe !wire.isEncrypted && count < context.buffer.count
                switch state {
                case .unfinished: if !wire.isEncrypted, writeFailure == nil { return }
                case .complete: if isAll { return answerEnded() }
                case .last, .failed: return answerEnded()
                }
            case .again: return isComplete ? answerEnded() : nothingMore()
            case .ended: return isComplete ? answerEnded(isOver: true) : connectionEnded(nil)
            case .failed(let reason, let text):
                return isComplete ? answerEnded(isOver: true) : connectionEnded((reason, text))
            case .cutOff:
                context.noteCutOff(MultiHandle.cutOffReason)
                return isComplete ? answerEnded(isOver: true) : ()
            }
        }
        context.lookLater(at: self)
    }

    private func take(_ count: Int) -> AnswerState {
        if !hasAnswered {
            hasAnswered = true
            pool.noteAnswer()
        } else if isKept, !reader.hasBegun {
            pool.trust.wasAnswered()
        }
        let bytes = unsafe RawSpan(
            _unsafeBytes: UnsafeRawBufferPointer(rebasing: context.buffer[..<count]))
        return reader.receive(bytes)
    }

    private func nothingMore() {
        if let writeFailure { connectionEnded(writeFailure) }
    }

    /// The answer has come to its end, and its connection too if it `isOver`.
    private func answerEnded(isOver: Bool = false) {
        let state = reader.state
        if case .failed(let failure) = state { return fail(failure.reason, failure.text) }
        let isTunnel = mayOpenTunnel && state == .last(.bytesBehind)
        let now = MonotonicClock.now
        let isReusable =
            state == .complete && !isOver && written == size && !isLastCopy && !spokeFirst
            && now - connectedAt < context.rules.ages.life && pool.trust.allows(at: now)
        finish(
            .response(reader.status), nil,
            isAmbiguous: state.isAmbiguous && !isTunnel || state == .complete && spokeFirst,
            isReusable: isReusable)
    }

    /// The connection has ended before the answer has; `failure` says how, if not in an orderly way.
    private func connectionEnded(_ failure: Failure?) {
        if !reader.hasBegun, isKept {
            pool.trust.wasLost(at: MonotonicClock.now)
            return returnCopy()
        }
        if let failure = failure ?? (reader.hasBegun ? nil : writeFailure) {
            return fail(failure.reason, failure.text)
        }
        _ = reader.receiveEnd()
        answerEnded(isOver: true)
    }

    /// A kept connection has ended without a byte of an answer: the mirror may have closed it when the copy was on its way. Sends it
    /// once more, if that is allowed, or if nothing of it was sent. Over TLS nobody knows.
    private func returnCopy() {
        guard let transfer, let wire else { return }
        let isRepeat = written > 0 || wire.isEncrypted
        guard !isRepeat || resend.allows(transfer.copy?.method ?? []) else {
            return fail(.reset, "The connection ended without an answer; not sent again")
        }
        self.transfer = nil
        transfer.waitOnceMore(written: written, isRepeat: isRepeat, now: MonotonicClock.now)
        pool.end(self)
        pool.takeReturned(transfer)
    }

    /// Nothing was asked for: if the mirror is silent, the connection is free. In clear text, bytes other than the
    /// goodbye of a mirror that closes are reported; over TLS nobody knows which they are.
    func readUnasked() {
        guard let wire else { return }
        var hasBytes = false
        reading: for _ in 0..<Self.mostReads {
            switch unsafe wire.receive(into: context.buffer) {
            case .bytes:
                hasBytes = true
                continue
            case .again where !hasBytes: return pool.release(self)
            case .again, .failed: break
            case .ended: hasBytes = false
            case .cutOff: context.noteCutOff(MultiHandle.cutOffReason)
            }
            break reading
        }
        pool.end(self)
        if hasBytes, !wire.isEncrypted { context.client?.mirrorSpokeUnasked() }
    }
}
