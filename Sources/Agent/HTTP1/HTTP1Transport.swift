/// Speaks HTTP/1.1 to mirrors over connections of its own, which libcurl makes: one write for a copy, one read for its answer.
final class HTTP1Transport: Transport {
    private let context: HTTP1Context
    private let budget: PassBudget
    private let workers: Int
    private var url: MirrorURL
    /// By the origins of their mirrors.
    private var pools: [String: ConnectionPool] = [:]
    /// Where the last copy went.
    private var last: (url: MirrorURL, pool: ConnectionPool)?

    var client: (any TransportClient)? {
        get { context.client }
        set { context.client = newValue }
    }

    /// Has libcurl make its connections. Throws when libcurl has no memory.
    convenience init(
        loop: EventLoop, budget: PassBudget, names: Names, workers: Int, settings: DestinationSettings
    ) throws(OutOfMemory) {
        let queue = SocketQueue(budget: budget)
        let connector = try Connector(loop: loop, queue: queue, settings: settings)
        self.init(
            loop: loop, queue: queue, budget: budget, maker: connector, names: names, workers: workers,
            settings: settings)
        connector.wasCutOff = { [unowned self] in client?.mirrorWasCutOff($0) }
    }

    /// `queue` and `budget` are those that `maker` uses. The worker is one of `workers`.
    init(
        loop: EventLoop, queue: SocketQueue, budget: PassBudget, maker: any WireMaker, names: Names,
        workers: Int, settings: DestinationSettings, ages: HTTP1Rules.Ages = HTTP1Rules.Ages()
    ) {
        context = HTTP1Context(
            loop: loop, queue: queue, maker: maker, names: names,
            rules: HTTP1Rules(settings, workers: workers, ages: ages))
        (self.budget, self.workers, url) = (budget, workers, settings.url)
    }

    deinit {
        context.close()
        for pool in pools.values { pool.close() }
    }

    /// To be called before all else: what `Connector` needs of the thread.
    func begin() { CallGuard.begin(for: client) }

    func apply(_ settings: DestinationSettings) {
        context.maker.apply(settings)
        context.rules = HTTP1Rules(settings, workers: workers, ages: context.rules.ages)
        url = settings.url
        for pool in pools.values { pool.rulesChanged(isReplaced: pool.url.origin != url.origin) }
    }

    private func pool(for url: MirrorURL) -> ConnectionPool {
        if let last, last.url === url { return last.pool }
        let pool =
            pools[url.origin]
            ?? ConnectionPool(url, isReplaced: url.origin != self.url.origin, context: context)
        pools[url.origin] = pool
        last = (url, pool)
        return pool
    }

    // MARK: transfers

    func start(_ copy: MirrorRequest, for owner: any TransferOwner, now: Double) -> Transfer? {
        let pool = pool(for: copy.header.url)
        let transfer = context.makeTransfer()
        transfer.begin(copy, for: owner, in: pool, now: now)
        pool.start(transfer)
        return transfer
    }

    func giveUp(_ transfer: Transfer, as reason: FailureReason, because cause: String) {
        guard let transfer = transfer as? HTTP1Transfer else { return }
        if let connection = transfer.connection {
            connection.fail(reason, cause)
        } else {
            transfer.pool?.giveUp(transfer, as: reason, because: cause)
        }
    }

    func takeBack(_ transfer: Transfer) -> MirrorRequest? {
        guard let transfer = transfer as? HTTP1Transfer else { return nil }
        if let connection = transfer.connection {
            connection.abandon()
        } else {
            transfer.pool?.remove(transfer)
        }
        return context.takeBack(transfer)
    }

    // MARK: the loop

    func beginPass() {
        context.queue.beginPass()
        context.goOn(budget)
        guard context.hasEmptyPools else { return }
        context.hasEmptyPools = false
        last = nil
        pools = pools.filter { !$1.isEmpty || !$1.isReplaced }
    }

    func kick() { context.goOn(budget) }
}
