internal import AdminSocket

/// Commands about where copies go: what is there, and what is left of where they went before.
extension AdminCommands {
    /// Connects to the destination, or to that of `text`.
    func probe(_ text: String?, of name: DestinationName?) throws(CommandError) -> Answer {
        let destination = try destination(text, of: name)
        return try probing(destination) { finding throws(CommandError) in
            switch finding {
            case .reachable(let facts): .message("\(destination.url.text) is reachable: \(facts).")
            case .unreachable(let reason):
                throw CommandError("\(destination.url.text) is not reachable: \(reason).")
            case .unknown(let reason): throw CommandError("Not probed: \(reason).")
            }
        }
    }

    /// Sets the destination at once, and answers when it has been probed; or, with `isRequired`, sets it then, if it can be reached.
    func setURL(_ call: Command.Call) throws(CommandError) -> Answer {
        let (text, name, time) = (call.arguments[0], call.destination, try term(of: call))
        let destination = try destination(text, of: name)
        let isRequired = call.command.splitTerm(call.arguments).own.count > 1
        guard isRequired else {
            return probing(try set("url", text, of: name, for: time), destination)
        }
        let unchanged = "Destination not changed"
        return try probing(destination) { finding throws(CommandError) in
            switch finding {
            case .reachable: try set("url", text, of: name, for: time)
            case .unreachable(let reason): throw CommandError("\(unchanged): \(reason).")
            case .unknown(let reason): throw CommandError("\(unchanged), and not probed: \(reason).")
            }
        }
    }

    /// Resets a setting, or all; a destination that comes into force by that is probed as one that is set.
    func resetAndProbe(_ name: String) throws(CommandError) -> Answer {
        let old = agent.settings.settings.destination.url.text
        let answer = try reset(name)
        let isChanged = agent.settings.settings.destination.url.text != old
        guard isChanged || name == "url" else { return answer }
        let destination = try destination(nil, of: nil)
        switch answer {
        case .now(let reply): return probing(reply, destination)
        case .later(let begin):
            return .later { finished in
                let wait = SuccessiveWait()
                wait.current = begin { [unowned wait] result in
                    guard case .success(let reply) = result,
                        case .later(let probe) = probing(reply, destination)
                    else { return finished(result) }
                    wait.current = probe(finished)
                }
                return wait
            }
        }
    }

    /// Gives `reply`, with what the probe of a destination that was changed to has found.
    func probing(_ reply: Reply, _ destination: DestinationSettings) -> Answer {
        guard case .message(let sentence) = reply else { return .now(reply) }
        return .later { [agent] finished in
            let wait = ProbeWait()
            wait.probe = agent.prober.probe(changedTo: destination) { finding in
                let remark =
                    switch finding {
                    case .reachable: ""
                    case .unreachable(let reason): " Warning: \(reason)."
                    case .unknown(let reason): " Not probed: \(reason)."
                    }
                finished(.success(.message(sentence + remark)))
            }
            return wait
        }
    }

    /// Answers with what `reply` makes of the finding.
    private func probing(
        _ destination: DestinationSettings,
        _ reply: @escaping (ProbeFinding) throws(CommandError) -> Reply
    ) throws(CommandError) -> Answer {
        guard agent.prober.hasRoom else {
            throw CommandError("Too many probes at once (\(Prober.most) at most), try again.")
        }
        return .later { [agent] finished in
            let wait = ProbeWait()
            wait.probe = agent.prober.probe(destination) { finding in
                finished(Result { () throws(CommandError) in try reply(finding) })
            }
            return wait
        }
    }

    /// What would be in force with the destination of `text`; nil for the present one.
    func destination(
        _ text: String?, of name: DestinationName?
    ) throws(CommandError) -> DestinationSettings {
        try valid { () throws(InvalidValue) in
            try agent.settings.destination(at: text, of: name ?? .standard)
        }
    }

    func flush() -> Answer {
        .later { [agent, peer] finished in
            FlushWait(agent) { count in
                let text =
                    switch count {
                    case 0: "No copy waits for a destination that was replaced."
                    case 1: "One copy for a destination that was replaced is given up."
                    default: "\(count) copies for destinations that were replaced are given up."
                    }
                if count > 0 { agent.changes.note("flush", text, by: peer) }
                finished(.success(.message(text)))
            } failed: {
                finished(.failure(CommandError($0)))
            }
        }
    }
}

/// `probe`, `set url`: until it is known what is there.
private final class ProbeWait: AdminWait {
    var probe: Probe?
}

/// `reset url`: until the state file is written, and then as `set url`.
private final class SuccessiveWait: AdminWait {
    var current: (any AdminWait)?
}

/// `flush`: until no worker has any of those copies.
private final class FlushWait: AdminWait {
    /// Seconds until the answer has to be there: before `mirrorctl` gives up, after 5 s.
    private static let patience = 3.0

    private var mailbox: Mailbox<Int>?
    private var timer: TimerWatcher?
    private var count = 0
    private var missing: Int

    init(_ agent: RunningAgent, finished: @escaping (Int) -> Void, failed: @escaping (String) -> Void) {
        missing = agent.workers.count
        let sender = Mailbox<Int>.Sender()
        mailbox = Mailbox(loop: agent.loop, sender: sender) { [unowned self] in
            count += $0
            missing -= 1
            guard missing == 0 else { return }
            timer?.stop()
            finished(count)
        }
        timer = TimerWatcher(loop: agent.loop) { [unowned self] in
            failed("Not all are given up yet (\(count) so far, \(missing) workers go on).")
        }
        timer?.start(after: Self.patience)
        for worker in agent.workers { worker.send(.flush { sender.send($0) }) }
    }
}
