internal import DequeModule
internal import System

/// One worker's transfers that wait for the addresses of their mirror's name. They wait no longer than they may for a connection.
final class NameWaits: NameAsker {
    /// Seconds between two looks for those that have waited too long.
    private static let interval = 0.005
    /// Transfers that go on between two looks at the clock.
    private static let step = 4

    private struct Wait {
        let transfer: CurlTransfer
        /// Its transfer has left when it has another number, or none.
        let number: Int

        var isOver: Bool { transfer.waitNumber != number }
    }

    private struct Line {
        /// The oldest first.
        var waits = Deque<Wait>()
        /// Nil until it comes; then not yet passed on to all.
        var answer: NameAnswer?
    }

    private let names: Names
    private let budget: PassBudget
    private var timer: TimerWatcher?
    private var nextLook = Double.infinity
    private var lines: [String: Line] = [:]
    private var lastNumber = 0
    /// Called with a transfer that waits no longer.
    var ended: (CurlTransfer, NameAnswer) -> Void = { _, _ in }
    /// Called when that has been done with some.
    var kick: () -> Void = {}

    init(loop: EventLoop, budget: PassBudget, names: Names) {
        (self.budget, self.names) = (budget, names)
        timer = TimerWatcher(loop: loop, priority: .mirror) { [unowned self] in look() }
    }

    /// The addresses of `name`, if they are known; if not, `transfer` waits, until its `waitNumber` is taken away or `ended` is
    /// called with it.
    func addresses(of name: String, for transfer: CurlTransfer) -> [String]? {
        if let addresses = names.addresses(of: name, for: self) { return addresses }
        lastNumber += 1
        transfer.waitNumber = lastNumber
        lines[name, default: Line()].waits.append(Wait(transfer: transfer, number: lastNumber))
        look(at: transfer.nameDeadline)
        return nil
    }

    func resolved(_ name: String, _ answer: NameAnswer) {
        lines[name]?.answer = answer
        look()
    }

    private func look(at time: Double) {
        guard time < nextLook else { return }
        nextLook = time
        timer?.start(after: time - MonotonicClock.now)
    }

    private func look() {
        nextLook = .infinity
        let now = MonotonicClock.now
        for name in Array(lines.keys) { look(at: serve(name, now)) }
    }

    /// Returns when to look at those again that wait for `name`.
    private func serve(_ name: String, _ now: Double) -> Double {
        if let answer = lines[name]?.answer, !passOn(answer, of: name, now) { return now }
        var next = Double.infinity
        for wait in lines[name]?.waits ?? [] where !wait.isOver {
            let deadline = wait.transfer.nameDeadline
            if deadline <= now {
                let milliseconds = Int((now - wait.transfer.startedAt) * 1000)
                end(wait, .failure("Resolving timed out after \(milliseconds) milliseconds"))
            } else {
                next = min(next, deadline)
            }
        }
        while lines[name]?.waits.first?.isOver == true { lines[name]?.waits.removeFirst() }
        guard lines[name]?.waits.isEmpty == false else {
            lines[name] = nil
            names.forget(name, for: self)
            return .infinity
        }
        return max(next, now + Self.interval)
    }

    /// False when some are left for the next pass of the loop: they open connections.
    private func passOn(_ answer: NameAnswer, of name: String, _ now: Double) -> Bool {
        while lines[name]?.waits.isEmpty == false {
            guard budget.allowsStart(since: now) else { return false }
            for _ in 0..<Self.step {
                guard let wait = lines[name]?.waits.popFirst() else { break }
                if !wait.isOver { end(wait, answer) }
            }
            kick()
        }
        return true
    }

    private func end(_ wait: Wait, _ answer: NameAnswer) {
        wait.transfer.waitNumber = nil
        ended(wait.transfer, answer)
    }
}

extension CurlTransfer {
    /// When its name comes too late, on the monotonic clock, in seconds.
    fileprivate var nameDeadline: Double {
        startedAt + min(handle.settings.connectTimeout, handle.settings.timeout).inSeconds
    }
}
