internal import SPOP
internal import Stats
internal import System

/// What is counted and said of a connection's end.
extension WorkerContext {
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
