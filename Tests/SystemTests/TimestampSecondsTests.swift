import System
import Testing

@Suite("Moments to the second")
struct TimestampSecondsTests {
    @Test(
        "as far as a state file goes",
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (1_795_000_000, "2026-11-18T11:06:40Z"),
            (9_223_372_037, "2262-04-11T23:47:17Z"), (253_402_300_799, "9999-12-31T23:59:59Z"),
        ])
    func seconds(_ seconds: Int, _ text: String) { #expect(Timestamp.text(seconds: seconds) == text) }
}
