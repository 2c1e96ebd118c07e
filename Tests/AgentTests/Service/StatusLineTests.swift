import Stats
import Testing

@testable import Agent

@Suite("The status line")
struct StatusLineTests {
    @Test("Rates are per second, over the last interval; the state may change within it")
    func rates() {
        let bank = ThreadBank()
        var status = StatusLine()
        status.tick(Snapshot([bank]), now: 10)
        #expect(status.text("mirroring") == "mirroring")
        bank.counters.add(100, to: .received)
        bank.counters.add(60, to: .responses2xx)
        bank.counters.add(20, to: .droppedExpired)
        #expect(status.text("paused") == "paused")
        status.tick(Snapshot([bank]), now: 12)
        let rates = "50 requests/s, 30 copies answered/s, 10 dropped/s, 0 failed/s, 0 waiting"
        #expect(status.text("mirroring") == "mirroring: \(rates)")
        #expect(status.text("paused") == "paused: \(rates)")
        status.tick(Snapshot([ThreadBank()]), now: 14)
        #expect(status.text("paused").hasPrefix("paused: 0 requests/s"))
    }
}
