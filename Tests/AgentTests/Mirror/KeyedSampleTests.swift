import SPOP
import Testing

@testable import Agent

@Suite("A sample by key")
struct KeyedSampleTests {
    /// A gate, and how many keys it has missed.
    private struct Watched {
        var gate: Gate
        let misses: Misses
    }

    private final class Misses {
        var count = 0
    }

    private static func gate(_ rate: String, _ keys: String = "cookie:sid", _ salt: String = "none") throws
        -> Watched
    {
        var settings = DestinationSettings()
        settings.sampleRate = try SampleRate(rate)
        settings.sampleKey = try SampleKey(keys)
        settings.sampleSalt = try SampleSalt(salt)
        let misses = Misses()
        let gate = Gate(
            settings, ids: RequestIDs(instance: 0, worker: 0), bucket: RateBucket(),
            missesKey: { misses.count += 1 })
        return Watched(gate: gate, misses: misses)
    }

    /// Whether a request is selected, and whether a key was missed.
    private static func ask(
        _ watched: inout Watched, _ payload: [UInt8]
    ) throws -> (isIn: Bool, misses: Bool) {
        let request = try PayloadBuilder.first(in: payload)
        let before = watched.misses.count
        let decision = watched.gate.decide(request, payload: payload.span.bytes)
        let misses = watched.misses.count > before
        if case .selected = decision { return (true, misses) }
        #expect(decision == .skipped(.sampled))
        return (false, misses)
    }

    private static let count = 4_000
    private static let sessions = (0..<count).map {
        PayloadBuilder(headers: [("cookie", "theme=dark; sid=session-\($0)")]).bytes
    }

    /// The sessions that are in a sample.
    private static func selected(_ rate: String, _ salt: String = "none") throws -> Set<Int> {
        var gate = try gate(rate, "cookie:sid", salt)
        return Set(try (0..<count).filter { try ask(&gate, sessions[$0]).isIn })
    }

    /// Whether `found` of all sessions is a `share` of them, within six standard deviations.
    private static func isShare(_ found: Int, _ share: Double) -> Bool {
        let all = Double(count)
        return abs(Double(found) - all * share) <= 6 * (all * share * (1 - share)).squareRoot()
    }

    @Test("a lower rate is a part of a higher one, each has its share, and all agents agree")
    func shares() throws {
        var lower: Set<Int> = []
        for (rate, share) in [
            ("0%", 0), ("0.1%", 0.001), ("5%", 0.05), ("10%", 0.1), ("99%", 0.99), ("100%", 1),
        ] {
            let sessions = try Self.selected(rate)
            #expect(sessions.isSuperset(of: lower), "\(rate)")
            #expect(Self.isShare(sessions.count, share), "\(rate): \(sessions.count)")
            lower = sessions
        }
        #expect(try Self.selected("10%") == Self.selected("10%"), "another agent")
    }

    @Test("another salt makes another sample, of the same share")
    func salts() throws {
        let samples = try ["none", "a", "a-longer-salt-than-one-block"].map { try Self.selected("10%", $0) }
        for (index, sample) in samples.enumerated() {
            #expect(Self.isShare(sample.count, 0.1))
            for other in samples[..<index] {
                // Independent of each other.
                #expect(Self.isShare(sample.intersection(other).count, 0.01))
            }
        }
    }

    /// Agents of several versions work side by side, so this may never change.
    @Test("these sessions are in the sample of every version")
    func fixed() throws {
        // Computed with an implementation of its own.
        let expected = [
            ("none", [5, 14, 15, 22, 27, 31, 36, 43, 50]), ("pepper", [11, 20, 27, 36, 42, 49, 52]),
        ]
        for (salt, expected) in expected {
            #expect(try Self.selected("10%", salt).filter { $0 < 60 }.sorted() == expected, "\(salt)")
        }
    }

    @Test("the same value counts the same, wherever it stands")
    func kinds() throws {
        let requests: [(String, (String) -> PayloadBuilder)] = [
            ("cookie:sid", { PayloadBuilder(headers: [("cookie", "sid=\($0)")]) }),
            ("header:x-id", { PayloadBuilder(headers: [("X-Id", $0)]) }),
            ("query:id", { PayloadBuilder(path: "/?id=\($0)") }),
            ("source", { PayloadBuilder(source: Array($0.utf8)) }),
        ]
        var gates = try requests.map { try Self.gate("50%", $0.0, "s") }
        var count = 0
        for value in (0..<200).map({ "k\(100 + $0)" }) {
            let answers = try gates.indices.map { try Self.ask(&gates[$0], requests[$0].1(value).bytes).isIn }
            #expect(Set(answers).count == 1, "\(value)")
            if answers[0] { count += 1 }
        }
        #expect((58...142).contains(count))
    }

    @Test("without a key: by chance, and counted unless the list says so")
    func withoutKey() throws {
        let plain = PayloadBuilder(headers: [("host", "h")]).bytes
        for (keys, misses) in [
            ("cookie:sid", true), ("cookie:sid,source", true), ("cookie:sid,random", false),
        ] {
            var gate = try Self.gate("50%", keys)
            let answers = try (0..<2_000).map { _ in try Self.ask(&gate, plain) }
            #expect(answers.allSatisfy { $0.misses == misses }, "\(keys)")
            #expect((866...1134).contains(answers.count { $0.isIn }), "\(keys)")
        }
        var gate = try Self.gate("50%", "random")
        #expect(try Self.ask(&gate, plain).misses == false)
        gate = try Self.gate("50%")
        #expect(try Self.ask(&gate, Self.sessions[1]).misses == false)
        gate = try Self.gate("50%", "cookie:sid,source")
        #expect(try Self.ask(&gate, PayloadBuilder(source: [192, 0, 2, 1]).bytes).misses == false)
        // All or nothing: nobody looks for a key.
        for rate in ["0%", "100%"] {
            gate = try Self.gate(rate)
            #expect(try Self.ask(&gate, plain) == (rate == "100%", false))
        }
    }
}
