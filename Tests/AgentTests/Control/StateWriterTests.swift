import AdminSocket
import Foundation
import Testing

@testable import Agent

// ThreadSanitizer cannot see into Swift's own Mutex: with it, Agent's takes its place.
#if !THREAD_SANITIZER
    import Synchronization
#endif

/// A disk that takes its time holds up nobody.
@Suite("State file: written on a thread of its own")
struct StateWriterTests {
    /// What was written, and a disk that takes nothing before it is let.
    private final class Disk: Sendable {
        let written = Mutex<[StateChange]>([])
        let gate = DispatchSemaphore(value: 0)

        func take(_ change: StateChange) throws -> StateChange.Outcome {
            gate.wait()
            written.withLock { $0.append(change) }
            if change == .pause(nil) { throw StateFileError(path: "/state", line: 0, reason: "no") }
            return StateChange.Outcome(held: StateFile.Held(pause: .pause), isWritten: true)
        }
    }

    private let changes: [StateChange] = [
        .pause(.pause), .pause(nil), .forget([.url]), .pause(.pauseUntil(7)),
    ]

    @Test("the loop goes on meanwhile, and changes and answers keep their order")
    func order() throws {
        let (loop, disk) = (try EventLoop(backend: nil), Disk())
        let writer = StateWriter(loop: loop) { try disk.take($0) }
        var answers: [Bool] = []
        for change in changes {
            writer.write(change) {
                if case .success = $0 { answers.append(true) } else { answers.append(false) }
                if answers.count == changes.count { loop.stop() }
            }
        }
        var passes = 0
        let timer = TimerWatcher(loop: loop) {
            passes += 1
            guard passes == 10 else { return }
            #expect(answers.isEmpty && disk.written.withLock { $0.isEmpty })
            for _ in changes { disk.gate.signal() }
        }
        timer.start(after: 0, every: 0.001)
        loop.run()
        #expect(answers == [true, false, true, true])
        #expect(disk.written.withLock { $0 } == changes)
        // And again, with another thread.
        disk.gate.signal()
        writer.write(.pause(.pause)) { _ in loop.stop() }
        loop.run()
        #expect(disk.written.withLock { $0.count } == changes.count + 1)
        writer.finish()
    }

    @Test("the end of the agent waits for it")
    func atTheEnd() throws {
        let disk = Disk()
        let writer = StateWriter(loop: try EventLoop(backend: nil)) { try disk.take($0) }
        for change in changes { writer.write(change) { _ in Issue.record("the loop does not run") } }
        for _ in changes { disk.gate.signal() }
        writer.finish()
        #expect(disk.written.withLock { $0 } == changes)
    }
}
