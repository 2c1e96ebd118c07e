import System
import Testing

@Suite("Clocks and timestamps")
struct ClockTests {
    @Test("The two ways to read a clock agree")
    func clocks() {
        for clock in [KernelClock.real, .boot, .processor, .monotonic] {
            let (seconds, nanoseconds) = (clock.seconds, clock.nanoseconds)
            #expect(seconds > 0 && abs(Double(nanoseconds) / 1e9 - seconds) < 10, "\(clock)")
        }
        #expect(MonotonicClock.now <= MonotonicClock.now)
    }

    @Test(
        "UTC to the millisecond, never rounded up",
        arguments: [(0, "1970-01-01T00:00:00.000Z"), (1_795_784_645_678_999_999, "2026-11-27T13:04:05.678Z")])
    func timestamps(nanoseconds: Int, text: String) {
        #expect(Timestamp.text(nanoseconds) == text)
    }
}
