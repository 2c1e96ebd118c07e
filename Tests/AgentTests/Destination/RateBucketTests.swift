import System
import Testing

@testable import Agent

@Suite("Requests a second")
struct RateBucketTests {
    private func limit(_ text: String) throws -> RateLimit { try #require(try RateLimit.parse(text)) }

    /// How many of requests that come each `step` nanoseconds pass in `seconds`.
    private func passed(
        _ bucket: RateBucket, _ limit: RateLimit, every step: Int, for seconds: Int, from start: Int
    )
        -> Int
    {
        stride(from: start, to: start + seconds * 1_000_000_000, by: step).count {
            bucket.takes(limit, at: $0)
        }
    }

    @Test(
        "as many pass as may, and a tenth of a second's worth at once",
        arguments: [("1/s", 1), ("7/s", 1), ("10/s", 1), ("500/s", 50), ("10000/s", 1000)])
    func flood(_ text: String, _ burst: Int) throws {
        let (bucket, limit) = (RateBucket(), try limit(text))
        #expect((0..<20_000).count { _ in bucket.takes(limit, at: 9_000_000_000) } == burst)
        let later = passed(bucket, limit, every: 20_000, for: 10, from: 9_000_000_000)
        #expect((limit.perSecond * 10 - 1...limit.perSecond * 10 + 1).contains(later), "\(later)")
    }

    @Test("traffic below the limit passes as a whole")
    func below() throws {
        let (bucket, limit) = (RateBucket(), try limit("100/s"))
        #expect(passed(bucket, limit, every: 10_000_001, for: 10, from: 1) == 1000)
    }

    @Test("after a rest no more come at once than ever, and a change holds at once")
    func restAndChange() throws {
        let (bucket, few, many) = (RateBucket(), try limit("1/s"), try limit("100/s"))
        #expect(bucket.takes(few, at: 0) && !bucket.takes(few, at: 999_999_999))
        #expect((0..<100).count { _ in bucket.takes(many, at: 1_000_000_000) } == 10)
        #expect((0..<100).count { _ in bucket.takes(many, at: 900_000_000_000) } == 10)
        let changed = RateBucket()
        #expect(changed.takes(few, at: 0))
        #expect(passed(changed, many, every: 1_000_000, for: 1, from: 1_000_000_000) >= 100)
    }

    @Test("workers at once take no more than one would")
    func threads() async throws {
        let (bucket, limit) = (RateBucket(), try limit("1000000/s"))
        let passed = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask { (0..<50_000).count { _ in bucket.takes(limit, at: 7_000_000_000) } }
            }
            return await group.reduce(0, +)
        }
        #expect(passed == 100_000)
    }

    @Test(
        "what is no limit is refused with what is",
        arguments: ["", "500", "/s", "0/s", "1000001/s", "-5/s", "+5/s", "5/m"])
    func refused(_ text: String) {
        #expect { try RateLimit.parse(text) } throws: { "\($0)" == "expected 1/s to 1000000/s, or none" }
    }

    @Test func none() throws { #expect(try RateLimit.parse("none") == nil) }
}
