internal import Synchronization
internal import System

/// Looks up names for all workers, each name once for all of them.
///
/// It does so on threads of its own, as getaddrinfo(3) cannot be called off: a look-up that hangs holds its thread, and nothing else.
/// What it knows stays in use while the next look-up runs, so that a name server that hangs does not stop a healthy mirror. Any
/// thread may call it.
final class Resolver: Sendable {
    /// One worker; it gets one message when the name that it asked for has been looked up.
    typealias Asker = Mailbox<Finding>.Sender

    struct Finding: Sendable {
        let name: String
        let answer: NameAnswer
    }

    private let state: Mutex<State>
    private let clock: @Sendable () -> Double
    private let lookUp: @Sendable (String) -> NameAnswer

    /// `maxThreads` look-ups run at once. `clock` tells seconds; `lookUp` may take as long as it likes.
    init(
        maxThreads: Int = 4,
        clock: @escaping @Sendable () -> Double = { MonotonicClock.now },
        lookUp: @escaping @Sendable (String) -> NameAnswer = { HostAddresses.lookUp($0) }
    ) {
        state = Mutex(State(maxThreads: maxThreads))
        (self.clock, self.lookUp) = (clock, lookUp)
    }

    /// The addresses of `name`. Nil when they are not known; `asker` then gets the finding.
    func addresses(of name: String, for asker: Asker) -> [String]? {
        let now = clock()
        let (addresses, wantsThread) = state.withLock { $0.ask(name, asker, now) }
        if wantsThread { startThread() }
        return addresses
    }

    /// `asker` needs no finding about `name` any more.
    func forget(_ name: String, for asker: Asker) { state.withLock { $0.forget(name, asker) } }

    private func startThread() {
        do throws(SystemError) {
            try WorkerThread(name: "spoa-names") { [self] in work() }.detach()
        } catch {
            let text = "\(error)"
            for name in state.withLock({ $0.giveUpThread() }) {
                finish(name, .failure("Could not resolve host: \(name) (\(text))"))
            }
        }
    }

    private func work() {
        while let name = state.withLock({ $0.next() }) { finish(name, lookUp(name)) }
    }

    private func finish(_ name: String, _ answer: NameAnswer) {
        let now = clock()
        let askers = state.withLock { $0.finish(name, answer, now) }
        for asker in askers { asker.send(Finding(name: name, answer: answer)) }
    }
}

/// What is known, what is wanted and what is under way.
private struct State: Sendable {
    /// Seconds for which addresses are not looked up again: a name that has got another address is followed.
    private static let fresh = 10.0
    /// Seconds after which addresses are not used any more: they may be somebody else's by now.
    private static let oldest = 120.0
    /// Seconds for which a failure is not tried again: the name may just have come.
    private static let failureLasts = 1.0

    private struct Entry {
        var answer: NameAnswer?
        var answeredAt = -Double.infinity
        var isUnderWay = false
        /// Each once.
        var askers: [Resolver.Asker] = []
    }

    let maxThreads: Int
    private var entries: [String: Entry] = [:]
    /// Names that wait for a thread, the newest last.
    private var queue: [String] = []
    private var threads = 0

    init(maxThreads: Int) { self.maxThreads = maxThreads }

    /// The addresses, if they are known, and whether a thread has to be started.
    mutating func ask(_ name: String, _ asker: Resolver.Asker, _ now: Double) -> ([String]?, Bool) {
        if entries[name] == nil { forgetOld(now) }
        var entry = entries[name, default: Entry()]
        let age = now - entry.answeredAt
        var known: [String]?
        switch entry.answer {
        case .addresses(let addresses)? where age < Self.fresh: return (addresses, false)
        case .addresses(let addresses)? where age < Self.oldest: known = addresses
        case let failure? where age < Self.failureLasts:
            asker.send(Resolver.Finding(name: name, answer: failure))
            return (nil, false)
        case nil, .addresses, .failure:
            if !entry.askers.contains(where: { $0 === asker }) { entry.askers.append(asker) }
        }
        entries[name] = entry
        guard !entry.isUnderWay else { return (known, false) }
        // The newest destination is looked up first.
        queue.removeAll { $0 == name }
        queue.append(name)
        guard threads < maxThreads else { return (known, false) }
        threads += 1
        return (known, true)
    }

    mutating func forget(_ name: String, _ asker: Resolver.Asker) {
        entries[name]?.askers.removeAll { $0 === asker }
        // Who waits for a name has no addresses to use meanwhile: without anybody there is nothing to keep.
        guard let entry = entries[name], entry.askers.isEmpty, !entry.isUnderWay else { return }
        entries[name] = nil
        queue.removeAll { $0 == name }
    }

    /// What nobody waits for, and nobody may use any more.
    private mutating func forgetOld(_ now: Double) {
        entries = entries.filter {
            $1.isUnderWay || !$1.askers.isEmpty || now - $1.answeredAt < Self.oldest
        }
        queue.removeAll { entries[$0] == nil }
    }

    /// The name that a thread is to look up next; nil when the thread may end.
    mutating func next() -> String? {
        guard let name = queue.popLast() else {
            threads -= 1
            return nil
        }
        entries[name]?.isUnderWay = true
        return name
    }

    /// A thread could not be started. Returns the names that nobody is there to look up.
    mutating func giveUpThread() -> [String] {
        threads -= 1
        guard threads == 0 else { return [] }
        defer { queue = [] }
        return queue
    }

    /// Returns the askers that wait for it.
    mutating func finish(_ name: String, _ answer: NameAnswer, _ now: Double) -> [Resolver.Asker] {
        let askers = entries[name]?.askers ?? []
        entries[name] = Entry(answer: answer, answeredAt: now)
        return askers
    }
}
