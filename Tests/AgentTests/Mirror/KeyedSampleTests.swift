import SPOP
import Testing

@testable import Agent

@Suite("A sample by key")
struct KeyedSampleTests {
    private static func gate(_ rate: String, _ keys: String = "cookie:sid", _ salt: String = "none") throws -> Gate {
        var settings = DestinationSettings()
        settings.sampleRate = try SampleRate(rate)
        settings.sampleKey = try SampleKey(keys)
        settings.sampleSalt = try SampleSalt(salt)
        return Gate(settings, ids: RequestIDs(instance: 0, worker: 0))
    }

    /// Whether a request is selected, and whether a key was missed.
    private static func ask(_ gate: inout Gate, _ builder: PayloadBuilder) throws -> (isIn: Bool, misses: Bool) {
        let payload = builder.bytes
        let request = try #require(try PayloadBuilder.requests(in: payload.span.bytes).first)
        var misses = false
        let decision = gate.decide(request, payload: payload.span.bytes) { misses = true }
        if case .selected = decision { return (true, misses) }
        #expect(decision == .skipped(.sampled))
        return (false, misses)
    }

    private static func session(_ number: Int) -> PayloadBuilder {
        PayloadBuilder(headers: [("cookie", "theme=dark; sid=session-\(number)")])
    }

    /// The sessions of 20 000 that are in a sample.
    private static func sessions(_ gate: Gate) throws -> Set<Int> {
        var gate = gate
        return Set(try (0..<20_000).filter { try ask(&gate, session($0)).isIn })
    }

    @Test("a lower rate is a part of a higher one, each has its share, and all agents agree")
    func shares() throws {
        let rates = ["0%", "0.1%", "5%", "10%", "50%", "99%", "100%"]
        var lower: Set<Int> = []
        for rate in rates {
            let sessions = try Self.sessions(Self.gate(rate))
            #expect(sessions.isSuperset(of: lower), "\(rate)")
            #expect(try sessions == Self.sessions(Self.gate(rate)), "another agent, \(rate)")
            let share = Double(try SampleRate(rate).thousandths) / 100_000
            // Six standard deviations.
            let spread = 6 * (20_000 * share * (1 - share)).squareRoot()
            #expect(abs(Double(sessions.count) - 20_000 * share) <= spread, "\(rate): \(sessions.count)")
            lower = sessions
        }
    }

    @Test("another salt makes another sample, of the same share")
    func salts() throws {
        let samples = try ["none", "a", "b", "a-longer-salt-than-one-block"].map {
            try Self.sessions(Self.gate("10%", "cookie:sid", $0))
        }
        for (index, sample) in samples.enumerated() {
            for other in samples[..<index] {
                // Independent: one percent is in both. Six standard deviations.
                #expect((116...284).contains(sample.intersection(other).count))
            }
            #expect((1745...2255).contains(sample.count))
        }
    }

    /// Agents of several versions work side by side, so this may never change.
    @Test("these sessions are in the sample of every version")
    func fixed() throws {
        for (salt, expected) in [("none", Self.unsalted), ("pepper", Self.salted)] {
            var gate = try Self.gate("10%", "cookie:sid", salt)
            let found = try (0..<60).filter { try Self.ask(&gate, Self.session($0)).isIn }
            #expect(found == expected, "\(salt)")
        }
    }

    private static let unsalted: [Int] = []
    private static let salted: [Int] = []

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
            let answers = try gates.indices.map { try Self.ask(&gates[$0], requests[$0].1(value)).isIn }
            #expect(Set(answers).count == 1, "\(value)")
            if answers[0] { count += 1 }
        }
        #expect((58...142).contains(count))
    }

    @Test("without a key: by chance, and counted unless the list says so")
    func withoutKey() throws {
        let plain = PayloadBuilder(headers: [("host", "h")])
        for (keys, misses) in [("cookie:sid", true), ("cookie:sid,source", true), ("cookie:sid,random", false)] {
            var gate = try Self.gate("50%", keys)
            let answers = try (0..<2_000).map { _ in try Self.ask(&gate, plain) }
            #expect(answers.allSatisfy { $0.misses == misses }, "\(keys)")
            #expect((866...1134).contains(answers.count { $0.isIn }), "\(keys)")
        }
        var gate = try Self.gate("50%", "random")
        #expect(try Self.ask(&gate, plain).misses == false)
        gate = try Self.gate("50%")
        #expect(try Self.ask(&gate, Self.session(1)).misses == false)
        gate = try Self.gate("50%", "cookie:sid,source")
        #expect(try Self.ask(&gate, PayloadBuilder(source: [192, 0, 2, 1])).misses == false)
        // All or nothing: nobody looks for a key.
        for rate in ["0%", "100%"] {
            gate = try Self.gate(rate)
            #expect(try Self.ask(&gate, plain) == (rate == "100%", false))
        }
    }
}
