import Testing

@testable import Stats

@Suite("Histograms")
struct HistogramTests {
    @Test func bucketsFollowEachOther() {
        var last: UInt64 = 0
        for index in 0..<HistogramBank.bucketCount - 1 {
            let end = HistogramBank.upperBound(of: index)
            #expect(end > last)
            #expect(HistogramBank.bucket(of: last) == index)
            #expect(HistogramBank.bucket(of: end - 1) == index)
            last = end
        }
        #expect(HistogramBank.bucket(of: .max) == HistogramBank.bucketCount - 1)
    }

    @Test func quantilesAreRightWithinAnEighth() {
        let bank = HistogramBank()
        for millisecond in 1...1000 { bank.record(seconds: Double(millisecond) / 1000) }
        let histogram = Histogram(bank)
        #expect(histogram.count == 1000)
        #expect(abs(histogram.sum - 500.5) < 0.01)
        for (quantile, expected) in [(0.5, 0.5), (0.9, 0.9), (0.99, 0.99), (1, 1)] {
            let found = histogram.quantile(quantile) ?? 0
            #expect(found >= expected && found <= expected * 1.13)
        }
    }

    @Test func powersOfTwoAreExactBorders() {
        let bank = HistogramBank()
        bank.record(seconds: 1e-6 * 1023)
        bank.record(seconds: 1e-6 * 1025, count: 3)
        let histogram = Histogram(bank)
        #expect(histogram.count(upTo: 1024e-6) == 1)
        #expect(histogram.count(upTo: 2048e-6) == 4)
    }

    @Test func banksAddUpAndDifferencesCount() {
        let (one, two) = (HistogramBank(), HistogramBank())
        one.record(seconds: 1)
        let before = Histogram(adding: [Histogram(one), Histogram(two)])
        two.record(seconds: 2, count: 2)
        let between = Histogram(adding: [Histogram(one), Histogram(two)]).since(before)
        #expect(between.count == 2)
        #expect(between.sum == 4)
        #expect(Histogram(adding: []).quantile(0.5) == nil)
    }

    @Test func nonsenseIsKeptInRange() {
        let bank = HistogramBank()
        bank.record(seconds: -1)
        bank.record(seconds: 1e12)
        #expect(Histogram(bank).count == 2)
    }
}
