import System
import Testing

@testable import Agent

@Suite("Timers whose deadline moves")
struct DeadlineTimerTests {
    private let loop: EventLoop

    init() throws { loop = try EventLoop(backend: nil) }

    /// Runs the loop for so many seconds.
    private func run(for seconds: Double) {
        let end = TimerWatcher(loop: loop) { [loop] in loop.stop() }
        end.start(after: seconds)
        loop.run()
    }

    @Test("it fires at its deadline, and once")
    func once() {
        var fired: [Double] = []
        let timer = DeadlineTimer(loop: loop) { fired.append(MonotonicClock.now) }
        let deadline = MonotonicClock.now + 0.02
        timer.wait(until: deadline)
        run(for: 0.1)
        #expect(fired.count == 1 && fired.allSatisfy { $0 >= deadline })
    }

    @Test("a deadline that moves on is waited for to its end", arguments: [0.04, .infinity])
    func later(by seconds: Double) {
        var fired: [Double] = []
        let timer = DeadlineTimer(loop: loop) { fired.append(MonotonicClock.now) }
        let start = MonotonicClock.now
        timer.wait(until: start + 0.02)
        timer.wait(until: start + seconds)
        run(for: 0.1)
        #expect(fired.count == (seconds < 1 ? 1 : 0) && fired.allSatisfy { $0 >= start + seconds })
    }

    @Test("a sooner one is not missed, and one that has passed comes at once", arguments: [0.02, -1])
    func sooner(by seconds: Double) {
        var fired: [Double] = []
        let timer = DeadlineTimer(loop: loop) { fired.append(MonotonicClock.now) }
        let start = MonotonicClock.now
        timer.wait(until: start + 3600)
        timer.wait(until: start + seconds)
        run(for: 0.1)
        #expect(fired.count == 1 && fired.allSatisfy { $0 >= start + seconds })
    }

    @Test("its handler may start it again, or let it go")
    func again() {
        var timer: DeadlineTimer?
        var fired = 0
        timer = DeadlineTimer(loop: loop) {
            fired += 1
            if fired < 3 { timer?.wait(until: MonotonicClock.now) } else { timer = nil }
        }
        timer?.wait(until: MonotonicClock.now)
        run(for: 0.1)
        #expect(fired == 3 && timer == nil)
    }

    @Test("stopped, it waits for nothing")
    func stopped() {
        var fired = 0
        let timer = DeadlineTimer(loop: loop) { fired += 1 }
        timer.wait(until: MonotonicClock.now + 0.02)
        timer.stop()
        run(for: 0.05)
        #expect(fired == 0)
        timer.wait(until: MonotonicClock.now + 0.02)
        run(for: 0.1)
        #expect(fired == 1)
    }
}
