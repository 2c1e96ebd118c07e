internal import SPOP
internal import Stats

/// One worker's side of one destination: the whole way of a request through gate, renderer and delivery. Whatever stops it is
/// counted by its reason.
final class Pipeline {
    let delivery: Delivery
    /// Of the copies.
    private let counters: CounterBank
    private let reporter: DeliveryReporter
    private let unknownMessages: UnknownMessages
    private var gate: Gate
    private var renderer: RequestRenderer

    init(
        delivery: Delivery, ids: RequestIDs, settings: Settings, destination: Destination, worker: Int,
        reporter: DeliveryReporter, unknownMessages: UnknownMessages
    ) {
        self.delivery = delivery
        counters = destination.books.banks[worker].counters
        self.reporter = reporter
        self.unknownMessages = unknownMessages
        gate = Gate(
            destination.settings, ids: ids, bucket: destination.books.bucket,
            missesKey: { [counters] in counters.add(to: .withoutKey) })
        renderer = RequestRenderer(destination.settings, watch: settings.bodyWatch)
        reporter.apply(settings)
    }

    /// Uses `settings` from the next request on, and makes copies for `destination`.
    func apply(_ settings: Settings, _ destination: Destination) {
        gate.apply(destination.settings)
        renderer = RequestRenderer(destination.settings, watch: settings.bodyWatch)
        reporter.apply(settings)
        delivery.apply(destination, maxQueueBytes: settings.maxQueueBytes)
    }

    /// To be called before the copies of a round.
    func beginRound() { reporter.beginRound() }

    /// Whether the log has lines about requests that the gate skips.
    var tellsSkips: Bool { reporter.tellsAll }

    /// Counts a message and asks the gate about it.
    func decide(_ arguments: MirrorArguments, payload: RawSpan) -> Gate.Decision {
        counters.add(to: .received)
        let decision = gate.decide(arguments, payload: payload)
        if case .skipped(let reason) = decision { counters.add(to: reason.counter) }
        return decision
    }

    /// Mirrors one selected message whose NOTIFY is answered, or counts why not.
    func mirror(_ arguments: MirrorArguments, payload: RawSpan, _ arrival: Arrival) {
        do throws(Refusal) {
            let room = try delivery.room()
            let request = try renderer.render(arguments, payload: payload, arrival, room: room)
            try delivery.enqueue(request)
        } catch {
            counters.add(to: error.counter)
            tell(
                error, arguments, payload, id: arrival.id, streamID: arrival.streamID,
                receivedAt: arrival.receivedAt)
        }
    }

    /// Tells of a request that was counted as skipped or dropped. `id` is its number if it has one; it came at `receivedAt` on the
    /// monotonic clock, in seconds.
    func tell(
        _ reason: Refusal, _ arguments: MirrorArguments, _ payload: RawSpan, id: Int64?, streamID: UInt64,
        receivedAt: Double
    ) {
        let telling = reporter.telling(of: reason, now: receivedAt)
        guard !telling.isEmpty else { return }
        func bytes(_ range: Range<Int>?, _ limit: Int = UnsentCopy.longestTarget) -> [UInt8] {
            payload.bytes(range ?? 0..<0, limit: limit)
        }
        let copy = UnsentCopy(
            id: id, streamID: streamID, uniqueID: bytes(arguments.id, UnsentCopy.longestUniqueID),
            method: bytes(arguments.method), target: bytes(arguments.path), url: renderer.url)
        let detail = reason.detail(arguments, payload)
        if reason == .malformed(.missing), telling.contains(.event) { unknownMessages.noteMissing(detail) }
        reporter.tell(telling, of: copy, reason, detail)
    }

    /// Counts and reports requests of a stream that were let go before anybody looked at them. They came at `now` on the monotonic
    /// clock, in seconds.
    func drop(
        _ reason: Refusal, count: Int = 1, of streamID: UInt64, at now: Double,
        _ detail: @autoclosure () -> String
    ) {
        counters.add(count, to: .received)
        counters.add(count, to: reason.counter)
        let telling = reporter.telling(of: reason, isDecoded: false, now: now)
        guard !telling.isEmpty else { return }
        reporter.tell(telling, of: UnsentCopy(streamID: streamID, url: renderer.url), reason, detail())
    }
}
