import Testing

@testable import Agent

/// What W3C's Trace Context asks of a participant; the rows are those of its own tests as far as they concern one that starts no
/// trace.
@Suite("The trace context of a copy")
struct TraceTests {
    private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    private static let parent = "00f067aa0ba902b7"
    private static let valid = "00-\(trace)-\(parent)-01"

    private func fields(_ mode: TraceMode, _ headers: [(String, String)], rules: String = "none") throws
        -> [String]
    {
        var style = CopyStyle(mark: nil)
        style.trace = mode
        style.headers = try HeaderRules(rules)
        let copy = PayloadBuilder(headers: [("host", "h")] + headers)
        return Array(try copy.render(style: style).headers.dropFirst())
    }

    @Test("keep sends everything as it came, also what is invalid")
    func keep() throws {
        #expect(
            try fields(.keep, [("TraceParent", "x"), ("tracestate", "a=1"), ("traceparent", Self.valid)])
                == ["TraceParent: x", "tracestate: a=1", "traceparent: \(Self.valid)"])
    }

    @Test("drop sends neither field")
    func drop() throws {
        let sent = [
            ("Traceparent", Self.valid), ("a", "1"), ("TRACESTATE", "a=1"), ("tracestate", "b=1"),
            ("traceparent", "x"), ("traceresponse", "y"),
        ]
        #expect(try fields(.drop, sent) == ["a: 1", "traceresponse: y"])
    }

    @Test(
        "child: the same trace, another parent, not sampled",
        arguments: [
            valid, " \(valid)\t", "00-\(trace)-\(parent)-00", "00-\(trace)-\(parent)-ff",
            "cc-\(trace)-\(parent)-01", "cc-\(trace)-\(parent)-01-what-comes-later",
            "01-\(trace)-\(parent)-01-", "fe-\(trace)-\(parent)-01-.",
        ])
    func child(_ value: String) throws {
        let found = try (0..<50).map { _ in
            let sent = [("tracestate", "a=1"), ("TraceParent", value), ("Tracestate", "b=2"), ("z", "")]
            let fields = try fields(.child, sent)
            #expect(fields.count == 4)
            #expect(fields[0] == "tracestate: a=1" && fields[2] == "Tracestate: b=2" && fields[3] == "z:")
            let match = try #require(
                fields[1].wholeMatch(of: #/TraceParent: 00-([0-9a-f]{32})-([0-9a-f]{16})-00/#))
            #expect(match.1 == Self.trace)
            return String(match.2)
        }
        #expect(Set(found).count == found.count)
        #expect(!found.contains(Self.parent) && !found.contains("0000000000000000"))
    }

    @Test(
        "child: an invalid traceparent goes, and tracestate with it",
        arguments: [
            "", "x", "ff-\(trace)-\(parent)-01", "00-\(trace)-\(parent)-01-", "00-\(trace)-\(parent)-01-x",
            "00-\(trace)-\(parent)-01.", "cc-\(trace)-\(parent)-01.", "cc-\(trace)-\(parent)-011",
            "00-00000000000000000000000000000000-\(parent)-01", "00-\(trace)-0000000000000000-01",
            "00-\(trace.uppercased())-\(parent)-01", "00-\(trace)-00F067AA0BA902B7-01",
            "0A-\(trace)-\(parent)-01",
            "00-\(trace)-\(parent)-0", "00-\(trace)-\(parent)", "0-\(trace)-\(parent)-01",
            ".0-\(trace)-\(parent)-01",
            "00_\(trace)_\(parent)_01", "00-\(trace)-\(parent)-0g", "00-.\(trace.dropFirst())-\(parent)-01",
            "00-\(trace)-\(parent)-01, 00-\(trace)-\(parent)-01", "000-\(trace)-\(parent)-01",
            "00-\(trace)-\(parent)-1 ", "00-\(trace)0-\(parent)-01",
        ])
    func invalid(_ value: String) throws {
        #expect(try fields(.child, [("tracestate", "a=1"), ("traceparent", value), ("z", "1")]) == ["z: 1"])
    }

    @Test("child: two of them are none, and tracestate alone is nothing")
    func several() throws {
        for second in [Self.valid, "x"] {
            for values in [[Self.valid, second], [second, Self.valid], [Self.valid, second, Self.valid]] {
                let sent = values.map { ("traceparent", $0) } + [("tracestate", "a=1")]
                #expect(try fields(.child, sent) == [])
            }
        }
        #expect(try fields(.child, [("tracestate", "a=1"), ("z", "1")]) == ["z: 1"])
        #expect(try fields(.child, []) == [])
    }

    @Test("header rules go by what is left")
    func rules() throws {
        let sent = [("traceparent", Self.valid), ("tracestate", "a=1")]
        #expect(
            try fields(.drop, sent, rules: "set:traceparent: \(Self.valid)") == ["traceparent: \(Self.valid)"]
        )
        #expect(try fields(.child, sent, rules: "remove:traceparent,remove:Tracestate") == [])
        #expect(try fields(.child, sent, rules: "set:tracestate: q").last == "tracestate: q")
    }

    @Test("parent ids differ, from renderer to renderer as well, and are never 0")
    func parentIDs() {
        let ids = TraceParent.ParentIDs()
        let others = TraceParent.ParentIDs()
        let all = (Int64(0)..<10_000).flatMap { [ids.id(of: $0), others.id(of: $0)] }
        #expect(Set(all).count == all.count)
        #expect(!all.contains(0))
    }
}
