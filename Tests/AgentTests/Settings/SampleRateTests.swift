import Testing

@testable import Agent

@Suite("Sample rate")
struct SampleRateTests {
    @Test(
        "spellings",
        arguments: [
            ("10%", 10_000, "10%"), ("0%", 0, "0%"), ("0.001%", 1, "0.001%"),
            ("100%", 100_000, "100%"),
            ("12.50%", 12_500, "12.5%"), ("99.999%", 99_999, "99.999%"),
        ])
    func spellings(_ text: String, _ thousandths: Int, _ formatted: String) throws {
        let rate = try SampleRate(text)
        #expect(rate.thousandths == thousandths)
        #expect("\(rate)" == formatted)
    }

    @Test(
        "nonsense",
        arguments: [
            "", "%", "101%", "100.001%", "0.0001%", "-1%", "1e1", "10", "0.5", "1.%", ".5%", "10 %", "٣%",
            "1000000000000000000000",
        ])
    func nonsense(_ text: String) {
        #expect(throws: InvalidValue.self) { try SampleRate(text) }
    }

    @Test(
        "within 4 sigma over a million decisions, and for each of four workers",
        arguments: ["0.1%", "10%", "50%", "99.9%"])
    func isFair(_ text: String) throws {
        for worker in 0..<4 as Range<UInt64> {
            // Seeded, so that the one run in some thousand that lies farther out by chance does not fail.
            var generator = SampleGenerator(seed: (worker, 0x9E37_79B9_7F4A_7C15, worker &* 77, 5))
            try isFair(SampleRate(text), &generator)
        }
    }

    private func isFair(_ rate: SampleRate, _ generator: inout SampleGenerator) {
        let count = 250_000
        let hits = (0..<count).reduce(0) { sum, _ in sum + (rate.decides(using: &generator) ? 1 : 0) }
        let share = Double(rate.thousandths) / 100_000
        let sigma = (Double(count) * share * (1 - share)).squareRoot()
        #expect(abs(Double(hits) - Double(count) * share) <= 4 * sigma)
    }

    @Test func theEndsAreExact() throws {
        var generator = SampleGenerator()
        let (none, all) = (try SampleRate("0%"), try SampleRate("100%"))
        for _ in 0..<10_000 {
            #expect(!none.decides(using: &generator))
            #expect(all.decides(using: &generator))
        }
    }
}
