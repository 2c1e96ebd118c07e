internal import CLibcurl
internal import System

/// Transfers of libcurl's own, over connections that it makes, shares and keeps.
final class CurlTransport: Transport {
    private let multi: MultiHandle
    weak var client: (any TransportClient)?
    private let queue: SocketQueue
    private let nameWaits: NameWaits
    private var settings: DestinationSettings
    private var settingsVersion = 0
    private var pool: [CurlTransfer] = []

    /// libcurl before 8.0 breaks the second request on an HTTP/2 connection that was made with prior knowledge
    /// (curl issue 10634): there, each copy gets a connection of its own.
    static let canReusePriorKnowledge = unsafe (shim_version()?.pointee.version_num ?? 0) >= 0x080000

    /// To be called once, before any thread is started.
    static func setUp() { curl_global_init(Int(CURL_GLOBAL_DEFAULT)) }

    static var openFiles: Int { MultiHandle.openFiles }

    static func warning(_ settings: TransportSettings) -> String? {
        settings.httpVersion == .http2PriorKnowledge && !canReusePriorKnowledge
            ? "this libcurl is older than 8.0: with --http-version 2-prior-knowledge each copy opens a connection"
            : nil
    }

    /// `budget` is that of all transports of the loop. Throws when libcurl has no memory.
    init(
        loop: EventLoop, budget: PassBudget, names: Names, settings: DestinationSettings
    ) throws(OutOfMemory) {
        queue = SocketQueue(budget: budget)
        multi = try MultiHandle(loop: loop, queue: queue)
        nameWaits = NameWaits(loop: loop, budget: budget, names: names)
        self.settings = settings
        multi.sockets.spokeUnasked = { [unowned self] in client?.mirrorSpokeUnasked() }
        multi.wasCutOff = { [unowned self] in client?.mirrorWasCutOff($0) }
        multi.done = { [unowned self] handle, result in
            if let transfer = handle.user as? CurlTransfer { finish(transfer, transfer.end(result)) }
        }
        nameWaits.ended = { [unowned self] in nameCame($0, $1) }
        nameWaits.kick = { [unowned self] in kick() }
        limitConnections()
    }

    func begin() { CallGuard.begin(for: client) }

    func apply(_ settings: DestinationSettings) {
        self.settings = settings
        settingsVersion += 1
        limitConnections()
    }

    /// How many connections this worker may have, and how many it keeps for reuse. Those to destinations that were replaced come on
    /// top of those to the current one.
    private func limitConnections() {
        let total = 2 * settings.maxInFlight
        multi.set(CURLMOPT_MAX_TOTAL_CONNECTIONS, total)
        multi.set(CURLMOPT_MAXCONNECTS, settings.maxInFlight)
        // How many streams share an HTTP/2 connection is the mirror's to say (SETTINGS_MAX_CONCURRENT_STREAMS). libcurl's own
        // limit is 100, and past it each transfer opens a connection: CURLOPT_PIPEWAIT(3) only waits for the first one.
        multi.set(CURLMOPT_MAX_CONCURRENT_STREAMS, total)
    }

    // MARK: transfers

    func start(_ copy: MirrorRequest, for owner: any TransferOwner, now: Double) -> Transfer? {
        guard let transfer = pool.popLast() ?? CurlTransfer(sockets: multi.sockets) else { return nil }
        transfer.prepare(copy, for: owner, settings: settings, version: settingsVersion, now: now)
        var addresses: [String]?
        if let name = transfer.url?.name {
            addresses = nameWaits.addresses(of: name, for: transfer)
            if addresses == nil { return transfer }
        }
        if multi.add(transfer.handle, to: transfer.url, at: addresses) { return transfer }
        _ = takeBack(transfer)
        return nil
    }

    /// A transfer has waited for its name.
    private func nameCame(_ transfer: CurlTransfer, _ answer: NameAnswer) {
        switch answer {
        case .addresses(let addresses):
            transfer.shortenTimeouts(by: MonotonicClock.now - transfer.startedAt)
            guard !multi.add(transfer.handle, to: transfer.url, at: addresses) else { return }
            finish(transfer, TransferEnd(unsent: .other, because: "libcurl has no memory"))
        case .failure(let text): finish(transfer, TransferEnd(unsent: .dns, because: text))
        }
    }

    func giveUp(_ transfer: Transfer, as reason: FailureReason, because cause: String) {
        guard let transfer = transfer as? CurlTransfer else { return }
        guard transfer.waitNumber == nil else {
            return finish(transfer, TransferEnd(unsent: reason == .timeout ? .dns : reason, because: cause))
        }
        finish(transfer, transfer.end(reason.code, because: cause))
    }

    func takeBack(_ transfer: Transfer) -> MirrorRequest? {
        guard let transfer = transfer as? CurlTransfer else { return nil }
        transfer.waitNumber = nil
        multi.remove(transfer.handle)
        pool.append(transfer)
        return transfer.finish()
    }

    private func finish(_ transfer: CurlTransfer, _ end: TransferEnd) {
        transfer.owner?.ended(transfer, end)
        _ = takeBack(transfer)
    }

    // MARK: the loop

    func kick() { multi.kick() }

    func beginPass() { queue.beginPass() }
}
