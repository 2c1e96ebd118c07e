internal import Synchronization
internal import System

/// Changes a state file on a thread of its own, one change after the other. A disk may take seconds for one, and the main thread has
/// operators, a watchdog and timers to serve. The thread lives as long as there is something to write.
///
/// Belongs to the main thread.
final class StateWriter {
    typealias Apply = @Sendable (StateChange) throws -> StateChange.Outcome
    typealias Result = Swift.Result<StateChange.Outcome, any Error>
    /// Called on the main thread, from its loop.
    typealias Finish = (Result) -> Void

    private let queue: Queue
    private var mailbox: Mailbox<Result>?
    private var thread: WorkerThread?
    /// Who waits for the changes that are under way, in their order.
    private var waiting: [Finish] = []

    /// `apply` waits for the disk.
    init(loop: EventLoop, apply: @escaping Apply) {
        queue = Queue(apply)
        mailbox = Mailbox(loop: loop, sender: queue.results) { [unowned self] in waiting.removeFirst()($0) }
    }

    /// What threads share: the changes to make, and where their results go.
    private final class Queue: Sendable {
        let results = Mailbox<Result>.Sender()
        private let apply: Apply
        private let state = Mutex<(changes: [StateChange], isServed: Bool)>(([], false))

        init(_ apply: @escaping Apply) { self.apply = apply }

        /// True when a thread has to be started.
        func add(_ change: StateChange) -> Bool {
            state.withLock { state in
                state.changes.append(change)
                defer { state.isServed = true }
                return !state.isServed
            }
        }

        /// Makes all changes that are there, and those that come meanwhile.
        func serve() {
            while let change = next() { results.send(Result { try apply(change) }) }
        }

        private func next() -> StateChange? {
            state.withLock { state in
                guard !state.changes.isEmpty else {
                    state.isServed = false
                    return nil
                }
                return state.changes.removeFirst()
            }
        }
    }

    /// Makes `change` after those before it.
    func write(_ change: StateChange, finished: @escaping Finish) {
        waiting.append(finished)
        guard queue.add(change) else { return }
        // The one before is at its end.
        thread.take()?.join()
        do throws(SystemError) {
            thread = try WorkerThread(name: "spoa-state") { [queue] in queue.serve() }
        } catch {
            // Late is better than not at all.
            queue.serve()
        }
    }

    /// Waits until everything is written. Nobody hears of it any more.
    func finish() { thread.take()?.join() }
}
