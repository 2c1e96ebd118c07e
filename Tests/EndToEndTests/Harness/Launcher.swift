import Foundation
import Synchronization

/// Runs jobs on one thread that never ends.
///
/// Children are started with a parent-death signal so that a crashed test run leaves none behind. The kernel
/// sends that signal when the *thread* that forked the child ends, and threads of Swift's pool and of Dispatch
/// end whenever they have been idle for a while, so children are forked from a thread of their own.
final class Launcher: @unchecked Sendable {
    static let shared = Launcher()

    private let condition = NSCondition()
    private var jobs: [@Sendable () -> Void] = []
    private let forking = Mutex(())

    private init() {
        let thread = Thread { [self] in
            while true {
                condition.lock()
                while jobs.isEmpty { condition.wait() }
                let job = jobs.removeFirst()
                condition.unlock()
                forking.withLock { _ in job() }
            }
        }
        thread.name = "launcher"
        thread.start()
    }

    /// Runs `job` on the launcher's thread and returns its result.
    func run<Result: Sendable>(_ job: @escaping @Sendable () -> Result) -> Result {
        let box = Box<Result>()
        condition.lock()
        jobs.append { box.fill(job()) }
        condition.signal()
        condition.unlock()
        return box.wait()
    }

    /// Runs `body` while no child is being started, so that none can inherit a descriptor that `body` makes before
    /// it is set to close on exec. (Swift cannot see `accept4`, which would do both at once.)
    func withoutForks<Result>(_ body: () -> Result) -> Result {
        forking.withLock { _ in body() }
    }
}

/// A value handed from one thread to another, once.
private final class Box<Value: Sendable>: @unchecked Sendable {
    private let condition = NSCondition()
    private var value: Value?

    func fill(_ newValue: Value) {
        condition.lock()
        value = newValue
        condition.signal()
        condition.unlock()
    }

    func wait() -> Value {
        condition.lock()
        defer { condition.unlock() }
        while true {
            if let value { return value }
            condition.wait()
        }
    }
}
