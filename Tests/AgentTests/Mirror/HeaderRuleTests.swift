import Testing

@testable import Agent

@Suite("Header rules")
struct HeaderRuleTests {
    /// What a copy has, of these fields and with these rules.
    private func fields(
        _ rules: String, _ headers: [(String, String)], credentials: String = "none",
        mark: CopyStyle.Mark? = nil, source: [UInt8]? = nil, id: String? = nil
    ) throws -> [String] {
        var style = CopyStyle(mark: mark)
        style.headers = try HeaderRules(rules)
        style.credentials = try CredentialFields(credentials)
        let results = try [false, true].map { usesText in
            try PayloadBuilder(
                headers: [("host", "h")] + headers, usesTextHeaders: usesText, source: source, id: id
            ).render(style: style).headers
        }
        #expect(results[0] == results[1])
        #expect(results[0].first == "host: h")
        return Array(results[0].dropFirst())
    }

    private static let sent = [("a", "1"), ("X-B", "2"), ("x-b", "3"), ("c", "")]

    @Test(
        "each, and several in their order",
        arguments: [
            ("none", ["a: 1", "X-B: 2", "x-b: 3", "c:"]),
            ("remove:X-B", ["a: 1", "c:"]), ("remove:x-b", ["a: 1", "c:"]), ("remove:X-b", ["a: 1", "c:"]),
            ("remove:C,remove:A", ["X-B: 2", "x-b: 3"]),
            ("remove:X-BB,remove:X,remove:X_B", ["a: 1", "X-B: 2", "x-b: 3", "c:"]),
            ("set:X-B: new", ["a: 1", "c:", "X-B: new"]),
            ("set:D: 1", ["a: 1", "X-B: 2", "x-b: 3", "c:", "D: 1"]),
            ("add:x-B: new", ["a: 1", "X-B: 2", "x-b: 3", "c:", "x-B: new"]),
            ("add:X-B: new,remove:x-b", ["a: 1", "c:"]),
            ("remove:x-b,add:X-B: new", ["a: 1", "c:", "X-B: new"]),
            ("add:D: 1,add:D: 2,set:d: 3,add:D: 4", ["a: 1", "X-B: 2", "x-b: 3", "c:", "d: 3", "D: 4"]),
            ("set:A:", ["X-B: 2", "x-b: 3", "c:", "A:"]),
            (#"set:A: x\, y \\ z: "q";"#, ["X-B: 2", "x-b: 3", "c:", #"A: x, y \ z: "q";"#]),
        ])
    func order(_ rules: String, _ expected: [String]) throws {
        #expect(try fields(rules, Self.sent) == expected)
    }

    @Test("credentials go, in any case and however often they came")
    func credentials() throws {
        let sent = [
            ("authorization", "Basic c2VjcmV0"), ("Cookie", "a=1"), ("accept", "*/*"), ("COOKIE", "b=2"),
            ("cookie", "c=3"), ("PROXY-authorization", "x"), ("x-API-key", "k"), ("X-Session", "s"),
            ("X-Authorization", "y"), ("AuthorizatioN", "Bearer z"),
        ]
        #expect(
            try fields("remove:@credentials", sent) == ["accept: */*", "X-Session: s", "X-Authorization: y"])
        #expect(
            try fields("remove:@credentials", sent, credentials: "x-session,X-authorization")
                == ["accept: */*"]
        )
        #expect(
            try fields("remove:@credentials,set:Authorization: QA", sent, credentials: "X-Session")
                == ["accept: */*", "X-Authorization: y", "Authorization: QA"])
        // What the names stand for is nothing without the rule.
        #expect(try fields("none", sent, credentials: "X-Session").count == sent.count)
    }

    @Test("what the agent adds goes, too, and stays away")
    func ownFields() throws {
        let sent = [("x-forwarded-for", "10.0.0.1"), ("x-request-id", "mine")]
        for headers in [[], sent] {
            #expect(
                try fields(
                    "remove:X-Forwarded-For,remove:X-Request-ID", headers, source: [192, 0, 2, 7], id: "abc")
                    == [])
            #expect(
                try fields(
                    "set:X-Forwarded-For: -", headers.filter { $0.1 != "mine" }, source: [192, 0, 2, 7])
                    == ["X-Forwarded-For: -"])
        }
        #expect(
            try fields("add:X-Forwarded-For: -", sent, source: [192, 0, 2, 7])
                == ["x-forwarded-for: 10.0.0.1, 192.0.2.7", "x-request-id: mine", "X-Forwarded-For: -"])
        var style = CopyStyle(truncatedBody: .send, mark: nil)
        style.headers = try HeaderRules("remove:X-Mirror-Truncated")
        let cut = PayloadBuilder(
            method: "POST", headers: [("host", "h"), ("content-length", "9")], body: [1], size: 9)
        #expect(try cut.render(style: style).headers == ["host: h", "content-length: 1"])
    }

    @Test("the mark is the last, and no rule touches it")
    func mark() throws {
        let sent = [("x-mirrored-by", "another"), ("a", "1")]
        #expect(
            try fields("remove:A,add:B: 2", sent, mark: .standard)
                == ["x-mirrored-by: another", "B: 2", "X-Mirrored-By: spoa-mirror"])
        for rules in ["remove:X-MIRRORED-by", "set:x-mirrored-by: y", "add:x-mirrored-by: y"] {
            #expect(
                try fields(rules, sent, mark: .standard)
                    == ["x-mirrored-by: another", "a: 1", "X-Mirrored-By: spoa-mirror"])
        }
        #expect(try fields("remove:X-Mirrored-By", sent) == ["a: 1"])
        // A copy of a copy is known before a rule could hide that.
        let copy = PayloadBuilder(headers: [("host", "h"), ("x-mirrored-by", "spoa-mirror")])
        var style = CopyStyle()
        style.headers = try HeaderRules("remove:X-Mirrored-By")
        #expect(throws: Refusal.loop) { try copy.render(style: style) }
    }

    @Test("credentials for the connection count as far as they are sent")
    func connectionCredentials() throws {
        func authenticates(_ rules: String, _ value: String) throws -> Bool {
            var style = CopyStyle(mark: nil)
            style.headers = try HeaderRules(rules)
            let payload = PayloadBuilder(headers: [("host", "h"), ("authorization", value)]).bytes
            return try PayloadBuilder.request(payload, to: MirrorURL("http://m/"), style: style).header
                .authenticates
        }
        #expect(try authenticates("none", "Negotiate a"))
        #expect(try !authenticates("remove:@credentials", "Negotiate a"))
        #expect(try !authenticates("set:Authorization: Basic a", "NTLM a"))
        #expect(try authenticates("set:Authorization: NTLM a", "Basic a"))
        #expect(try authenticates("remove:Authorization,add:proxy-authorization: negotiate a", "Basic a"))
    }

    @Test("a malformed field is one, also where it would not be sent")
    func malformed() throws {
        #expect(throws: Refusal.self) { try fields("remove:A", [("a", "x\r\ny: z")]) }
        #expect(throws: Refusal.self) { try fields("remove:A", [("a b", "x")]) }
    }

    @Test("many names, and lengths that are the same modulo 64")
    func manyNames() throws {
        let long = String(repeating: "n", count: 65)
        let names = (0..<200).map { "x-\($0)" } + [long, "n"]
        let rules = names.filter { $0 != "n" && $0 != "x-7" }.map { "remove:\($0.uppercased())" }
        #expect(
            try fields(rules.joined(separator: ","), names.map { ($0, "v") }).sorted() == ["n: v", "x-7: v"])
    }
}
