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
    /// Failures that may be noted in this round.
    private var notesLeft = 0
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
        gate = Gate(destination.settings, ids: ids)
        renderer = RequestRenderer(destination.settings, watch: settings.bodyWatch)
        reporter.mode = settings.requestLog
    }

    /// Uses `settings` from the next request on, and makes copies for `destination`.
    func apply(_ settings: Settings, _ destination: Destination) {
        gate.apply(destination.settings)
        renderer = RequestRenderer(destination.settings, watch: settings.bodyWatch)
        reporter.mode = settings.requestLog
        delivery.apply(destination, maxQueueBytes: settings.maxQueueBytes)
    }

    /// To be called before the copies of a round. Each failure noted costs some microseconds, and what is past the capacity of
    /// the list would push out what the same round has noted.
    func beginRound() { notesLeft = RecentFailures.capacity }

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
            note(error, arguments, payload, id: arrival.id)
        }
    }

    /// Copies that could not be sent for what they are, and not for the state of the mirror, are worth a look.
    private func note(
        _ reason: Refusal, _ arguments: MirrorArguments, _ payload: RawSpan, id: Int64
    ) {
        guard notesLeft > 0, let detail = reason.detail(arguments, payload) else { return }
        notesLeft -= 1
        func bytes(_ range: Range<Int>?) -> [UInt8] {
            payload.bytes(range ?? 0..<0, limit: DeliveryReporter.DroppedCopy.longestTarget)
        }
        let copy = DeliveryReporter.DroppedCopy(
            id: id, method: bytes(arguments.method), target: bytes(arguments.path),
            url: renderer.url)
        if reason == .malformed(.missing) { unknownMessages.noteMissing(detail) }
        reporter.dropped(copy, reason, detail)
    }

    /// Counts messages that were let go before they were looked at.
    func drop(_ reason: Refusal, count: Int = 1) {
        counters.add(count, to: .received)
        counters.add(count, to: reason.counter)
    }
}
