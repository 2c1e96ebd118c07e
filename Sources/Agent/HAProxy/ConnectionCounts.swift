internal import SPOP
internal import Stats
internal import System

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

/// What is counted of a connection's frames, and counted and said of its end.
extension WorkerContext {
    /// Counts a frame by its type, its first byte (SPOE.txt, section 3.2.1). `FrameSplitter` lets no frame without one through.
    func count(frame: RawSpan) {
        switch FrameType(rawValue: frame.byte(0)) {
        case .haproxyHello: counters.add(to: .helloFrames)
        case .haproxyDisconnect: counters.add(to: .disconnectFrames)
        case .notify: counters.add(to: .notifyFrames)
        case .unset: counters.add(to: .continuationFrames)
        default: counters.add(to: .otherFrames)
        }
    }

    func note(_ ending: Session.Ending) {
        switch ending {
        case .healthCheck:
            counters.add(to: .healthChecks)
            counters.add(to: .agentHellos)
        case .failed(let error):
            noteDisconnect(error.status)
            errors.report("SPOP error", "\(error)")
        case .peerDisconnected(let farewell):
            // HAProxy says 0 or 2 when it closes an idle connection; anything else is about us.
            guard farewell.status != .normal, farewell.status != .timeout else { return }
            counters.add(to: .spopError(farewell.status.rawValue))
            errors.report(
                "HAPROXY-DISCONNECT",
                "status \(farewell.status.rawValue), \(PrintableText.quoted(farewell.message.utf8))")
        }
    }

    /// Counts an AGENT-DISCONNECT.
    func noteDisconnect(_ status: StatusCode) {
        counters.add(to: .agentDisconnects)
        if status != .normal { counters.add(to: .spopError(status.rawValue)) }
    }
}
