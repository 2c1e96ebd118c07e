internal import SPOP
internal import Stats

/// One worker's side of one destination: the whole way of a request through gate, renderer and delivery. Whatever stops it is
/// counted by its reason.
final class Pipeline {
    /// Its name and its books; its settings may be older than those in force.
    let destination: Destination
    let delivery: Delivery
    /// Of this worker.
    let bank: CopyBank
    /// Of requests that lead in the totals, and of those that follow.
    private let leading, following: CounterBank
    private let reporter: DeliveryReporter
    private let unknownMessages: UnknownMessages
    private let budget: PassBudget
    private var gate: Gate
    private var renderer: RequestRenderer

    init(
        delivery: Delivery, budget: PassBudget, settings: Settings, destination: Destination, worker: Int,
        reporter: DeliveryReporter, unknownMessages: UnknownMessages
    ) {
        self.destination = destination
        self.delivery = delivery
        self.budget = budget
        bank = destination.books.banks[worker]
        (leading, following) = (bank.counters(leads: true), bank.counters(leads: false))
        self.reporter = reporter
        self.unknownMessages = unknownMessages
        gate = Gate(destination.settings, bucket: destination.books.bucket)
        renderer = RequestRenderer(destination.settings, watch: settings.bodyWatch)
    }

    /// Uses `settings` from the next request on, and makes copies for `destination`, which is one of `count`.
    func apply(_ settings: Settings, _ destination: Destination, of count: Int) {
        budget.divide(by: count)
        gate.apply(destination.settings)
        renderer = RequestRenderer(destination.settings, watch: settings.bodyWatch)
        delivery.apply(destination, QueueBytes(settings.maxQueueBytes, destinations: count))
    }

    /// Asks the gate about a message: why its request is not wanted, or nil. `count` has to follow.
    func decide(_ arguments: MirrorArguments, payload: RawSpan) -> Refusal? {
        gate.decide(arguments, payload: payload)
    }

    /// Counts the message that was decided on last. It `leads` when the totals follow its copy.
    func count(_ refusal: Refusal?, leads: Bool) {
        let counters = leads ? leading : following
        counters.add(to: .received)
        if gate.takeMissedKey() { counters.add(to: .withoutKey) }
        if let refusal { counters.add(to: refusal.counter) }
    }

    /// Mirrors one selected message whose NOTIFY is answered, or counts why not.
    func mirror(_ arguments: MirrorArguments, payload: RawSpan, _ arrival: Arrival) {
        do throws(Refusal) {
            let room = try delivery.room(now: arrival.receivedAt)
            let request = try renderer.render(arguments, payload: payload, arrival, room: room)
            try delivery.enqueue(request)
        } catch {
            (arrival.leads ? leading : following).add(to: error.counter)
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
        leading.add(count, to: .received)
        leading.add(count, to: reason.counter)
        let telling = reporter.telling(of: reason, isDecoded: false, now: now)
        guard !telling.isEmpty else { return }
        reporter.tell(telling, of: UnsentCopy(streamID: streamID, url: renderer.url), reason, detail())
    }
}
