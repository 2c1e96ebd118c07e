internal import Stats

/// What one connection adds to the fields of SPOE's log line (SPOE.txt, section 4), as seen from the agent.
struct ConnectionGauges: Equatable {
    /// 1 past HELLO.
    var applets = 0
    /// 1 past HELLO with nothing half-read, unanswered or unsent.
    var idle = 0
    /// ACKs encoded and not fully written.
    var sending = 0
    /// NOTIFYs received, even in part, whose ACK is not yet encoded.
    var waiting = 0

    /// Changes to `new`, and the worker's gauges by the difference.
    mutating func update(_ new: ConnectionGauges, in counters: CounterBank) {
        guard new != self else { return }
        counters.add(new.applets - applets, to: .applets)
        counters.add(new.idle - idle, to: .idle)
        counters.add(new.sending - sending, to: .sending)
        counters.add(new.waiting - waiting, to: .waiting)
        self = new
    }
}
