/// The counters of all workers at one moment, added up.
package struct Snapshot: Sendable, Equatable {
    private var values: [UInt64]
    /// From the read that brought a NOTIFY to the write that took its ACK.
    package let ackDurations: Histogram
    /// From a copy's arrival to the start of its transfer.
    package let queueDurations: Histogram
    /// From the start of a transfer to its end.
    package let requestDurations: Histogram

    /// Adds up `banks`. Any thread.
    package init(_ banks: [CounterBank]) {
        values = Counter.allCases.map { counter in
            banks.reduce(0) { $0 &+ $1.value(of: counter) }
        }
        ackDurations = Histogram(banks.map(\.ackDurations))
        queueDurations = Histogram(banks.map(\.queueDurations))
        requestDurations = Histogram(banks.map(\.requestDurations))
    }

    /// One counter.
    package subscript(counter: Counter) -> UInt64 { values[counter.rawValue] }

    /// The sum of several counters.
    package func sum(_ counters: [Counter]) -> UInt64 { counters.reduce(0) { $0 &+ self[$1] } }

    /// True when every copy received is accounted for. It is at quiet moments; while copies move it may be off by those
    /// that moved between two reads.
    package var isBalanced: Bool {
        self[.received] == sum(Counter.skipped) + sum(Counter.dropped) + self[.completed] + self[.queued]
            + self[.inFlight]
            && self[.completed] == sum(Counter.responses) + sum(Counter.failed)
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
