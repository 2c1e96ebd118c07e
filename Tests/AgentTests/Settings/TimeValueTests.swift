import Testing

@testable import Agent

@Suite("Times")
struct TimeValueTests {
    @Test(
        "times",
        arguments: [
            ("0", Duration.zero), ("250", .milliseconds(250)), ("250ms", .milliseconds(250)),
            ("7us", .microseconds(7)),
            ("5s", .seconds(5)), ("5.00s", .seconds(5)), ("1.5m", .seconds(90)), ("2h", .seconds(7200)),
            ("1d", .seconds(86400)),
        ])
    func times(_ text: String, _ expected: Duration) throws {
        #expect(try TimeValue.parse(text) == expected)
    }

    @Test(
        "times that are none",
        arguments: ["", "s", "-1", "1x", "1 s", ".5s", "5.s", "1.2.3", "99999999999d", "1e3", "٣"])
    func badTimes(_ text: String) {
        #expect(throws: InvalidValue.self) { try TimeValue.parse(text) }
    }

    @Test(
        "times are shown in the largest unit that is exact",
        arguments: [
            (Duration.milliseconds(1500), "1500ms"), (.seconds(60), "1m"), (.seconds(90), "90s"),
            (.seconds(86400), "1d"), (.zero, "0"), (.microseconds(7), "7us"),
        ])
    func shown(_ duration: Duration, _ text: String) throws {
        #expect(TimeValue.format(duration) == text)
        #expect(try TimeValue.parse(text) == duration)
    }
}
