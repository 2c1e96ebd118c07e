import Foundation
import Synchronization

/// Runs `body` on a thread of its own.
///
/// The harness blocks in system calls a lot. Doing so on Swift's pool, which has as many threads as the machine
/// has cores, would stop other tests.
func onThread(_ body: @escaping @Sendable () -> Void) {
    let thread = Thread(block: body)
    thread.stackSize = 512 * 1024
    thread.start()
}

/// Runs `body` on `count` threads at once, lets them start together, and returns what they returned, in order.
///
/// Expectations belong behind it: those that fail on a thread of ours are not counted against the test.
func concurrently<Result: Sendable>(
    _ count: Int, _ body: @escaping @Sendable (Int) throws -> Result
) throws -> [Result] {
    let results = Mutex<[Int: Swift.Result<Result, any Error>]>([:])
    let start = DispatchSemaphore(value: 0)
    let finished = DispatchGroup()
    for index in 0..<count {
        finished.enter()
        onThread {
            start.wait()
            let result = Swift.Result { try body(index) }
            results.withLock { $0[index] = result }
            finished.leave()
        }
    }
    for _ in 0..<count { start.signal() }
    finished.wait()
    return try results.withLock { results in try (0..<count).compactMap { try results[$0]?.get() } }
}
