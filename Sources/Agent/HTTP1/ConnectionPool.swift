internal import System

/// One worker's connections to one mirror, and the copies that wait for one.
///
/// A connection counts as being made until the mirror has sent a byte of an answer on it. As many may be at once as the operator
/// says, or as there are connections that have brought an answer, with those that have ended with one lately: a mirror that hangs or
/// starts again gets few, and one that answers gets twice as many each time, also when it ends each connection with its answer.
final class ConnectionPool {
    let url: MirrorURL
    /// Another mirror has taken its place.
    private(set) var isReplaced: Bool
    /// It is in the list of those that may need connections.
    var isHungry = false
    private let context: HTTP1Context
    /// All of them.
    private var connections: [ObjectIdentifier: HTTP1Connection] = [:]
    /// Those that are not connected yet, the oldest first.
    private var attempts: [HTTP1Connection] = []
    /// Those that rest; the one that was used last is taken first. Each knows its slot.
    private var resting: [HTTP1Connection] = []
    /// Those that have brought a byte of an answer.
    private var answered = 0
    /// Connections that have ended with an answer.
    private var ended = RecentCount()
    var trust = ReuseTrust()
    private var waiting = TransferQueue()
    /// Those whose connection has ended without an answer, for a new one each: a kept one may end as well.
    private var returned = TransferQueue()
    private var isResolving = false
    /// When the last connection that was connected ended, on the monotonic clock.
    private var lastConnected = -Double.infinity
    private var timer: DeadlineTimer?

    init(_ url: MirrorURL, isReplaced: Bool, context: HTTP1Context) {
        (self.url, self.isReplaced, self.context) = (url, isReplaced, context)
        timer = DeadlineTimer(loop: context.loop, priority: .mirror) { [unowned self] in timeOut() }
    }

    /// There is nothing to do, and nothing is kept.
    var isEmpty: Bool { connections.isEmpty && waitingCount == 0 }

    private var waitingCount: Int { waiting.count + returned.count }

    /// Closes all there is and tells nobody, once no copy is there any more.
    func close() {
        if isResolving, let name = url.name { context.names.forget(name, for: self) }
        for connection in connections.values { connection.close() }
    }

    func rulesChanged(isReplaced: Bool) {
        self.isReplaced = isReplaced
        while let connection = resting.first, isReplaced || connections.count > context.rules.maxConnections {
            end(connection)
        }
        if isReplaced { context.hasEmptyPools = true }
        lookAfterWaiting()
    }

    // MARK: copies

    /// Gives `transfer` a connection, or has it wait for one.
    func start(_ transfer: HTTP1Transfer) {
        if let connection = resting.popLast() { return connection.take(transfer) }
        waiting.insert(transfer)
        lookAfterWaiting()
    }

    /// The connection of `transfer` has ended without a byte of an answer.
    func takeReturned(_ transfer: HTTP1Transfer) {
        returned.insert(transfer)
        lookAfterWaiting()
    }

    /// Takes out a transfer that waits.
    func remove(_ transfer: HTTP1Transfer) {
        guard transfer.isQueued else { return }
        takeOut(transfer)
        dropExcess()
    }

    private func takeOut(_ transfer: HTTP1Transfer) {
        if transfer.isReturned { returned.remove(transfer) } else { waiting.remove(transfer) }
    }

    /// Ends a transfer that waits. A time-out counts for the phase that it struck.
    func giveUp(_ transfer: HTTP1Transfer, as reason: FailureReason, because cause: String) {
        guard transfer.isQueued else { return }
        takeOut(transfer)
        finish(transfer, reason == .timeout ? phase(of: transfer, MonotonicClock.now) : reason, cause)
        dropExcess()
    }

    private func finish(_ transfer: HTTP1Transfer, _ reason: FailureReason, _ detail: String) {
        let end = TransferEnd(
            outcome: .failed(reason), bytesSent: transfer.writtenBefore, bytesReceived: 0,
            connectionsOpened: transfer.connectionsOpened, httpVersion: "-", wasResent: transfer.wasResent,
            wasAmbiguous: false, detail: detail)
        context.finish(transfer, end)
    }

    // MARK: waiting

    private var isConnected: Bool { connections.count > attempts.count }

    /// What `transfer` waits for. While the mirror is connected, and when it has just been, that is its turn.
    private func phase(of transfer: HTTP1Transfer, _ now: Double) -> FailureReason {
        let hasBeen =
            lastConnected >= transfer.waitsSince && now < lastConnected + context.rules.connectTimeout
        if isConnected || hasBeen { return .timeout }
        return isResolving ? .dns : .connect
    }

    private func deadline(of transfer: HTTP1Transfer) -> Double {
        let last = transfer.startedAt + context.rules.timeout
        return isConnected
            ? last : min(last, max(transfer.waitsSince, lastConnected) + context.rules.connectTimeout)
    }

    private func lookAfterWaiting() {
        guard waitingCount > 0 else { return }
        context.noteHunger(of: self)
        timer?.wait(
            until: min(
                waiting.first.map(deadline) ?? .infinity, returned.first.map(deadline) ?? .infinity))
    }

    private func timeOut() {
        let now = MonotonicClock.now
        while let transfer = returned.first, deadline(of: transfer) <= now { timeOut(transfer, now) }
        while let transfer = waiting.first, deadline(of: transfer) <= now { timeOut(transfer, now) }
        dropExcess()
        lookAfterWaiting()
    }

    private func timeOut(_ transfer: HTTP1Transfer, _ now: Double) {
        let time = "timed out after \(Int((now - transfer.startedAt) * 1000)) milliseconds"
        let reason = phase(of: transfer, now)
        let text =
            switch reason {
            case .dns: "Resolving \(time)"
            case .connect: "Connection \(time)"
            default: "Operation \(time) with 0 bytes received; no connection was free for it"
            }
        takeOut(transfer)
        finish(transfer, reason, text)
    }

    /// Copies that waited are gone: attempts that nobody waits for are given up.
    private func dropExcess() {
        while attempts.count > waitingCount { end(attempts[0]) }
        if waitingCount == 0, isResolving, let name = url.name {
            isResolving = false
            context.names.forget(name, for: self)
        }
        if isReplaced { context.hasEmptyPools = true }
    }

    // MARK: making connections

    /// As many connections are being made as may be.
    private var isMakingMost: Bool {
        let bound = max(context.rules.maxConnecting, answered + ended.value(at: MonotonicClock.now))
        return connections.count - answered >= bound
    }

    /// False when no connection may be begun. If there are some at rest, what waits is for a new one: they give way to it.
    private func makeRoom() -> Bool {
        while connections.count >= context.rules.maxConnections {
            guard let connection = resting.first else { return false }
            end(connection)
        }
        while isMakingMost {
            guard let connection = resting.first(where: { !$0.hasAnswered }) else { return false }
            end(connection)
        }
        return true
    }

    /// Begins one connection; false when none is needed, or may be, or can be begun before the name is resolved.
    func connect() -> Bool {
        guard waitingCount > attempts.count, !isResolving, makeRoom() else { return false }
        var addresses: [String]?
        if let name = url.name {
            addresses = context.names.addresses(of: name, for: self)
            isResolving = addresses == nil
            guard !isResolving else { return false }
        }
        let connection = HTTP1Connection(to: self, context: context)
        guard connection.begin(addresses) else {
            failOldest(as: .other, "no memory for a connection")
            return true
        }
        connections[ObjectIdentifier(connection)] = connection
        attempts.append(connection)
        return true
    }

    private func failOldest(before time: Double = .infinity, as reason: FailureReason, _ detail: String) {
        for transfer in [returned.first, waiting.first].compactMap(\.self) where transfer.waitsSince <= time {
            takeOut(transfer)
            return finish(transfer, reason, detail)
        }
    }

    // MARK: what connections tell

    func connected(_ connection: HTTP1Connection) {
        attempts.removeAll { $0 === connection }
        if let transfer = returned.popFirst() ?? waiting.popFirst() {
            connection.take(transfer)
        } else {
            connection.readUnasked()
        }
    }

    /// `connection` has not come about. It takes the copy with it that has waited longest, unless that came later: for it the mirror
    /// has not been tried.
    func failed(_ connection: HTTP1Connection, as reason: FailureReason, _ detail: String) {
        end(connection)
        failOldest(before: connection.begunAt, as: reason, detail)
    }

    /// The first byte of an answer has come.
    func noteAnswer() {
        answered += 1
        lookAfterWaiting()
    }

    /// The answer is whole, and another copy may follow.
    func release(_ connection: HTTP1Connection) {
        let mostBusy = context.rules.maxConnections - (returned.count > attempts.count ? 1 : 0)
        if connections.count > mostBusy {
            end(connection)
        } else if let transfer = waiting.popFirst() {
            connection.take(transfer)
        } else {
            rest(connection)
        }
    }

    private func rest(_ connection: HTTP1Connection) {
        connection.slot = resting.count
        resting.append(connection)
        connection.rest(isReplaced: isReplaced)
    }

    /// No copy may be given to `connection` any more, which rests.
    func withdraw(_ connection: HTTP1Connection) {
        let last = resting.removeLast()
        guard last !== connection else { return }
        resting[connection.slot] = last
        last.slot = connection.slot
    }

    /// Closes `connection`, on which is no copy any more; its last one `isAnswered`, if it ends with that.
    func end(_ connection: HTTP1Connection, isAnswered: Bool = false) {
        let wasConnected = isConnected
        guard connections.removeValue(forKey: ObjectIdentifier(connection)) != nil else { return }
        if connection.isResting { withdraw(connection) }
        if !connection.isConnected { attempts.removeAll { $0 === connection } }
        if connection.hasAnswered { answered -= 1 }
        if isAnswered { ended.add(at: MonotonicClock.now) }
        connection.close()
        if wasConnected, !isConnected { lastConnected = MonotonicClock.now }
        lookAfterWaiting()
        if isReplaced { context.hasEmptyPools = true }
    }
}

extension ConnectionPool: NameAsker {
    func resolved(_ name: String, _ answer: NameAnswer) {
        isResolving = false
        if case .failure(let text) = answer {
            let transfers = waitingCount
            for _ in 0..<transfers { failOldest(as: .dns, text) }
        }
        lookAfterWaiting()
    }
}
