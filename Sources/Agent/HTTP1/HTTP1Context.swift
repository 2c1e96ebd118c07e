internal import System

/// What all connections of one worker share: where they read into, what they obey, and what is left for the next pass.
@safe final class HTTP1Context {
    let loop: EventLoop
    /// Which sockets are served in a pass, those of connections that are being made among them.
    let queue: SocketQueue
    let maker: any WireMaker
    let names: Names
    var rules: HTTP1Rules
    weak var client: (any TransportClient)?

    /// Where answers are read into: nothing of them is kept.
    let buffer: UnsafeMutableRawBufferPointer
    /// More than a TLS record has, so that one is read at once; large answers take fewer calls.
    private static let bufferSize = 64 << 10

    /// Connections to be looked at in the next pass, or sooner.
    private var later: [HTTP1Connection] = []
    /// Pools that may need connections.
    private var hungry: [ConnectionPool] = []
    /// There may be pools that nobody needs any more.
    var hasEmptyPools = false
    private var cutOff: String?
    private var spare: [HTTP1Transfer] = []
    /// It only wakes the loop: each pass looks after what is left.
    private var waker: TimerWatcher?

    init(loop: EventLoop, queue: SocketQueue, maker: any WireMaker, names: Names, rules: HTTP1Rules) {
        (self.loop, self.queue, self.maker, self.names, self.rules) = (loop, queue, maker, names, rules)
        unsafe buffer = .allocate(byteCount: Self.bufferSize, alignment: 16)
        waker = TimerWatcher(loop: loop, priority: .mirror) {}
    }

    deinit { unsafe buffer.deallocate() }

    // MARK: transfers

    func makeTransfer() -> HTTP1Transfer { spare.popLast() ?? HTTP1Transfer() }

    /// Tells the owner of `transfer` how it ended, and lets it go.
    func finish(_ transfer: HTTP1Transfer, _ end: TransferEnd) {
        let copy = transfer.copy
        transfer.owner?.ended(transfer, end)
        // Its owner may have taken it back, and may have started another copy with it.
        if transfer.copy === copy { _ = takeBack(transfer) }
    }

    /// Lets a transfer go that has left its connection or queue.
    func takeBack(_ transfer: HTTP1Transfer) -> MirrorRequest? {
        guard transfer.copy != nil else { return nil }
        spare.append(transfer)
        return transfer.finish()
    }

    // MARK: what is left for later

    func lookLater(at connection: HTTP1Connection) {
        guard !connection.isLeft else { return }
        connection.isLeft = true
        later.append(connection)
        wake()
    }

    /// All connections of the worker were shut down. Its client learns that in the next pass, or sooner.
    func noteCutOff(_ reason: String) {
        cutOff = reason
        wake()
    }

    func noteHunger(of pool: ConnectionPool) {
        guard !pool.isHungry else { return }
        pool.isHungry = true
        hungry.append(pool)
    }

    /// Leaves it all undone.
    func close() {
        later.removeAll()
        hungry.removeAll()
    }

    private func wake() { waker?.start(after: 0) }

    /// Does what was left. Do not call it from inside of a call to a connection.
    func goOn(_ budget: PassBudget) {
        if !later.isEmpty {
            let connections = later
            later.removeAll(keepingCapacity: true)
            for connection in connections {
                connection.isLeft = false
                connection.lookAgain()
            }
        }
        if let reason = cutOff.take() { client?.mirrorWasCutOff(reason) }
        if !hungry.isEmpty { connect(budget) }
    }

    /// Making a connection is what costs most: what is not done within the bound of a pass is left for the next one.
    private func connect(_ budget: PassBudget) {
        let start = MonotonicClock.now
        while let pool = hungry.last {
            guard pool.connect() else {
                pool.isHungry = false
                hungry.removeAll { $0 === pool }
                continue
            }
            maker.kick()
            guard budget.allowsStart(since: start) else { return wake() }
        }
    }
}
