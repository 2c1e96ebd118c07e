import Testing

@testable import Agent

@Suite("Probing an unreachable mirror")
struct ProbingTests {
    @Test func allIsAllowedWhileItWorks() {
        var probing = Probing()
        #expect(probing.allowance(32, now: 0) == 32)
        probing.started()
        probing.ended(.response(500), now: 1)
        probing.ended(.failed(.timeout), now: 1)
        #expect(probing.allowance(32, now: 1) == 32)
        #expect(probing.nextLook(now: 1) == nil)
    }

    @Test func nothingStartsDuringAHold() {
        var probing = Probing()
        probing.hold(until: 5)
        #expect(probing.allowance(32, now: 4) == 0)
        #expect(probing.nextLook(now: 4) == 1)
        probing.ended(.response(200), now: 4)
        #expect(probing.allowance(32, now: 4) == 0)
        #expect(probing.allowance(32, now: 5) == 32)
        probing.ended(.failed(.connect), now: 5)
        #expect(probing.allowance(32, now: 5.1) == 1)
    }

    @Test("one at a time after a failed connection", arguments: [FailureReason.connect, .dns, .tls])
    func oneAtATime(_ reason: FailureReason) {
        var probing = Probing()
        probing.ended(.failed(reason), now: 1)
        #expect(probing.allowance(32, now: 1) == 0)
        #expect(abs((probing.nextLook(now: 1) ?? 0) - Probing.interval) < 1e-9)
        #expect(probing.allowance(32, now: 1.1) == 1)
        #expect(probing.allowance(0, now: 2) == 0)
        probing.started()
        #expect(probing.allowance(32, now: 2) == 0)
        #expect(probing.nextLook(now: 2) == nil)
        probing.ended(.failed(reason), now: 3)
        #expect(probing.allowance(32, now: 3 + Probing.interval) == 1)
        probing.started()
        probing.ended(.response(200), now: 4)
        #expect(probing.allowance(32, now: 4) == 32)
    }
}
