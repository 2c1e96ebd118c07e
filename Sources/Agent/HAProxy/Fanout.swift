internal import AdminSocket
internal import SPOP
internal import Stats

/// One worker's destinations, and which of them get a request.
///
/// A request counts in the books of each destination that is asked about it. In the totals it counts once: it comes to what its
/// copy for the first destination that takes it comes to, or, where none takes it, is skipped for the reason of the first that was asked.
final class Fanout {
    /// What becomes of a request before its ACK.
    enum Decision: Equatable {
        /// Copy it for these, under one number.
        case selected(Int64, DestinationSet)
        case skipped(Refusal)
    }

    /// Those in force, in the order of the operator; the first is always there.
    private(set) var pipelines: [Pipeline]
    /// Those that were deleted, until their last copy is gone.
    private var leaving: [Pipeline] = []
    private let make: (Destination, Settings) throws -> Pipeline
    /// Of the worker.
    private let bank: ThreadBank
    private let reporter: DeliveryReporter
    private let unknown: UnknownMessages
    private var names: [[UInt8]] = []
    private var ids: RequestIDs
    /// The gates' answers about one request, by place.
    private var refusals: [Refusal?] = []
    private var sweep: TimerWatcher?
    /// Called when the last copy is gone, while the worker stops.
    private var drained: (() -> Void)?

    /// `make` makes the pipeline of one destination.
    init(
        _ destinations: [Destination], _ settings: Settings, loop: EventLoop, ids: RequestIDs,
        bank: ThreadBank, reporter: DeliveryReporter, unknown: UnknownMessages,
        make: @escaping (Destination, Settings) throws -> Pipeline
    ) throws {
        (self.make, self.ids, self.bank, self.reporter, self.unknown) = (make, ids, bank, reporter, unknown)
        pipelines = []
        for destination in destinations { pipelines.append(try makeOne(destination, settings)) }
        sweep = TimerWatcher(loop: loop) { [unowned self] in removeGone() }
        apply(settings, destinations)
    }

    /// To be called before all else, on the worker's thread.
    func begin() { for pipeline in pipelines { pipeline.delivery.begin() } }

    /// Uses `settings` from the next request on, and makes copies for `destinations`.
    func apply(_ settings: Settings, _ destinations: [Destination]) {
        let old = pipelines
        pipelines = destinations.compactMap { destination in
            old.first { $0.destination.books === destination.books } ?? makeLater(destination, settings)
        }
        for pipeline in pipelines {
            guard let new = destinations.first(where: { $0.books === pipeline.destination.books }) else {
                continue
            }
            pipeline.apply(settings, new, of: destinations.count)
        }
        for pipeline in old where !pipelines.contains(where: { $0 === pipeline }) { leave(pipeline) }
        if settings.destination.isPaused { for pipeline in leaving { pipeline.delivery.pause() } }
        names = pipelines.map { Array($0.destination.name.text.utf8) }
        refusals = Array(repeating: nil, count: pipelines.count)
        reporter.apply(settings)
    }

    private func makeOne(_ destination: Destination, _ settings: Settings) throws -> Pipeline {
        let pipeline = try make(destination, settings)
        bank.add(pipeline.bank)
        return pipeline
    }

    /// One that comes while the worker runs. Without memory for it, the worker tries again with the next change.
    private func makeLater(_ destination: Destination, _ settings: Settings) -> Pipeline? {
        do {
            let pipeline = try makeOne(destination, settings)
            pipeline.delivery.begin()
            return pipeline
        } catch {
            reporter.transportLacks(
                "destination \(destination.name) gets no copies from one worker", "\(error)")
            return nil
        }
    }

    // MARK: requests

    /// Whether the log has lines about requests that no destination takes.
    var tellsSkips: Bool { reporter.tellsAll }

    /// To be called before the copies of a round.
    func beginRound() { reporter.beginRound() }

    /// Asks the gates of those destinations that a message is for, and counts it.
    func decide(_ arguments: MirrorArguments, payload: RawSpan) -> Decision {
        guard pipelines.count > 1 || !arguments.isForAll else {
            let refusal = pipelines[0].decide(arguments, payload: payload)
            pipelines[0].count(refusal, leads: true)
            if let refusal { return .skipped(refusal) }
            return .selected(ids.next(), DestinationSet(first: 1))
        }
        return decideAmongMany(arguments, payload)
    }

    private func decideAmongMany(_ arguments: MirrorArguments, _ payload: RawSpan) -> Decision {
        let asked = destinations(of: arguments, payload)
        guard !asked.isEmpty else {
            bank.counters.add(to: .received)
            bank.counters.add(to: .skippedNoDestination)
            return .skipped(.noDestination)
        }
        var takers = DestinationSet()
        asked.forEach { place in
            refusals[place] = pipelines[place].decide(arguments, payload: payload)
            if refusals[place] == nil { takers.insert(place) }
        }
        let leader = takers.isEmpty ? asked.first : takers.first
        asked.forEach { pipelines[$0].count(refusals[$0], leads: $0 == leader) }
        if let refusal = refusals[leader] { return .skipped(refusal) }
        return .selected(ids.next(), takers)
    }

    /// Those that a message is for, as far as they are there.
    private func destinations(of arguments: MirrorArguments, _ payload: RawSpan) -> DestinationSet {
        switch arguments.destinations {
        case .all: return DestinationSet(first: pipelines.count)
        case .none: return DestinationSet()
        case .named(let range):
            var asked = DestinationSet()
            var start = range.lowerBound
            for _ in 0..<Self.mostNames {
                let end =
                    (start..<range.upperBound).first { payload.byte($0) == UInt8(ascii: ",") }
                    ?? range.upperBound
                let name = payload.trimmed(start..<end)
                if let place = names.firstIndex(where: { payload.matches(name, $0) }) {
                    asked.insert(place)
                } else if !name.isEmpty {
                    bank.counters.add(to: .unknownDestinations)
                    unknown.noteDestination(payload.bytes(name, limit: UnknownMessages.longestName))
                }
                guard end < range.upperBound else { break }
                start = end + 1
            }
            return asked
        }
    }

    /// Names of one message that are looked at: there are no more destinations, and a list may be as long as a frame.
    private static let mostNames = 64

    /// Mirrors a selected message whose NOTIFY is answered, or counts why not, for each of `takers`.
    func mirror(
        _ arguments: MirrorArguments, payload: RawSpan, _ arrival: Arrival, for takers: DestinationSet
    ) {
        var arrival = arrival
        takers.forEach { place in
            guard place < pipelines.count else { return }
            pipelines[place].mirror(arguments, payload: payload, arrival)
            arrival.leads = false
        }
    }

    /// Tells of a request that was counted as skipped.
    func tell(
        _ reason: Refusal, _ arguments: MirrorArguments, _ payload: RawSpan, streamID: UInt64,
        receivedAt: Double
    ) {
        pipelines[0].tell(reason, arguments, payload, id: nil, streamID: streamID, receivedAt: receivedAt)
    }

    /// Counts and reports requests of a stream that were let go before anybody looked at them: in the books of the first destination.
    /// They came at `now` on the monotonic clock, in seconds.
    func drop(
        _ reason: Refusal, count: Int = 1, of streamID: UInt64, at now: Double,
        _ detail: @autoclosure () -> String
    ) {
        pipelines[0].drop(reason, count: count, of: streamID, at: now, detail())
    }

    // MARK: ends

    private func leave(_ pipeline: Pipeline) {
        leaving.append(pipeline)
        // Not from inside of its own calls.
        pipeline.delivery.leave { [unowned self] in sweep?.start(after: 0) }
    }

    /// Those that have left without a copy are forgotten; what they have come to stays in the totals.
    private func removeGone() {
        for pipeline in leaving where pipeline.delivery.isEmpty { bank.remove(pipeline.bank) }
        leaving.removeAll { $0.delivery.isEmpty }
        reportWhenDrained()
    }

    private var all: [Pipeline] { pipelines + leaving }

    /// Gives up all copies for destinations that were replaced or deleted, as `Delivery.flush` does for one.
    func flush(_ done: @escaping (Int) -> Void) {
        var (missing, sum) = (all.count, 0)
        for pipeline in all {
            pipeline.delivery.flush { count in
                missing -= 1
                sum += count
                if missing == 0 { done(sum) }
            }
        }
    }

    /// Calls back once, when no copy is waiting or under way; at once if none is.
    func drain(_ drained: @escaping () -> Void) {
        self.drained = drained
        for pipeline in pipelines {
            pipeline.delivery.drain { [unowned self] in reportWhenDrained() }
        }
        reportWhenDrained()
    }

    /// Drops whatever is left, reason `shutdown`.
    func abandon() { for pipeline in all { _ = pipeline.delivery.abandon() } }

    private func reportWhenDrained() {
        guard let drained, all.allSatisfy(\.delivery.isEmpty) else { return }
        self.drained = nil
        drained()
    }
}
