/// What one thread has counted up to one moment, or all threads together.
package struct Snapshot: Sendable, Equatable {
    /// By the counters' `rawValue`.
    private(set) var values: [UInt64]
    /// From the read that brought a NOTIFY to the write that took its ACK.
    package private(set) var ackDurations: Histogram
    /// From a copy's arrival to the start of its transfer.
    package private(set) var queueDurations: Histogram
    /// From the start of a transfer to its end.
    package private(set) var requestDurations: Histogram

    /// When the mirror last answered, in whole seconds since 1970; 0 for never.
    package let lastSuccess: Int

    /// What each destination has come to, by the number of its books. The totals count each request once, and these each copy.
    package private(set) var destinations: [Int: Snapshot] = [:]

    /// Nothing is counted.
    package static let empty = Snapshot(adding: [])

    /// What was counted since `earlier`; gauges are as they are now.
    package func since(_ earlier: Snapshot) -> Snapshot {
        var difference = self
        difference.values = zip(values, earlier.values).map { $0 &- $1 }
        for gauge in Counter.gauges { difference.values[gauge.rawValue] = self[gauge] }
        difference.ackDurations = ackDurations.since(earlier.ackDurations)
        difference.queueDurations = queueDurations.since(earlier.queueDurations)
        difference.requestDurations = requestDurations.since(earlier.requestDurations)
        for (number, part) in destinations {
            if let before = earlier.destinations[number] {
                difference.destinations[number] = part.since(before)
            }
        }
        return difference
    }

    /// A new start of the counters, for `since`: the copies that wait or are under way count as received after it, so that the
    /// account goes on to balance.
    package var zero: Snapshot {
        var zero = self
        zero.values[Counter.received.rawValue] &-= self[.queued] &+ self[.inFlight]
        zero.destinations = destinations.mapValues(\.zero)
        return zero
    }

    /// One counter.
    package subscript(counter: Counter) -> UInt64 { values[counter.rawValue] }

    /// The sum of several counters.
    package func sum(_ counters: [Counter]) -> UInt64 { counters.reduce(0) { $0 &+ self[$1] } }

    /// True when every copy received is accounted for.
    package var isBalanced: Bool {
        self[.received] == sum(Counter.skipped) + sum(Counter.dropped) + self[.completed] + self[.queued]
            + self[.inFlight]
            && self[.completed] == sum(Counter.responses) + sum(Counter.failed)
    }

    /// What requests for one destination have come to, in a sentence.
    package var account: String {
        """
        It got \(self[.received]) requests: \(sum(Counter.skipped)) skipped, \(sum(Counter.dropped)) dropped, \
        \(self[.completed]) completed (\(sum(Counter.failed)) failed), \(self[.queued] &+ self[.inFlight]) under way.
        """
    }

    /// SPOE's own fields in the order of HAProxy's log line (SPOE.txt, section 4).
    package var spoeFields: String {
        "\(self[.idle])/\(self[.applets]) \(self[.sending])/\(self[.waiting]) \(self[.errors])/\(self[.processed])"
    }

    /// The one-line summary of the log: what came in, where it went, and SPOE's own fields in HAProxy's order.
    package var summary: String {
        """
        received=\(self[.received]) skipped=\(sum(Counter.skipped)) dropped=\(sum(Counter.dropped)) \
        completed=\(self[.completed]) failed=\(sum(Counter.failed)) queued=\(self[.queued]) \
        in_flight=\(self[.inFlight]) spoe=\(spoeFields)
        """
    }
}

extension Snapshot {
    /// Adds up `banks`, each as it is between two passes of its loop: what moves a copy on does so within one. Any thread
    /// but the workers'.
    package init(_ banks: [ThreadBank]) {
        for bank in banks { bank.ask() }
        self.init(adding: banks.map { $0.read() })
    }

    /// What one thread has counted for one destination.
    init(_ bank: CopyBank) {
        self.init(
            values: Counter.allCases.map { bank.value(of: $0) }, ackDurations: Histogram(adding: []),
            queueDurations: Histogram(bank.queueDurations),
            requestDurations: Histogram(bank.requestDurations), lastSuccess: bank.lastSuccess)
    }

    private init(adding parts: [Snapshot]) {
        let numbers = Set(parts.flatMap(\.destinations.keys))
        self.init(
            values: Counter.allCases.map { counter in parts.reduce(0) { $0 &+ $1[counter] } },
            ackDurations: Histogram(adding: parts.map(\.ackDurations)),
            queueDurations: Histogram(adding: parts.map(\.queueDurations)),
            requestDurations: Histogram(adding: parts.map(\.requestDurations)),
            lastSuccess: parts.map(\.lastSuccess).max() ?? 0,
            destinations: numbers.reduce(into: [:]) { result, number in
                result[number] = Snapshot(adding: parts.compactMap { $0.destinations[number] })
            })
    }
}
