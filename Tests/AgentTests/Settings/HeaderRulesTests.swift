import AdminSocket
import Testing

@testable import Agent

@Suite("Header rules as an operator writes them")
struct HeaderRulesTests {
    @Test(
        "blanks do not matter, and values are hidden",
        arguments: [
            ("none", "none", "none"), ("remove:Cookie", "remove:Cookie", "remove:Cookie"),
            (" remove : Cookie , remove:@credentials ", "remove:Cookie,remove:@credentials", nil),
            ("set:X-A:v", "set:X-A: v", "set:X-A: <hidden>"),
            ("add: X-A :   v w  ", "add:X-A: v w", "add:X-A: <hidden>"),
            ("set:X-A:", "set:X-A:", "set:X-A:"),
            (#"set:X-A: a\,b\\"#, #"set:X-A: a\,b\\"#, "set:X-A: <hidden>"),
            (#"set:X-A: \a,remove:B"#, "set:X-A: a,remove:B", "set:X-A: <hidden>,remove:B"),
            ("add:X-A: é:b", "add:X-A: é:b", "add:X-A: <hidden>"),
        ] as [(String, String, String?)])
    func spelling(_ text: String, _ expected: String, _ shown: String?) throws {
        let rules = try HeaderRules(text)
        #expect(rules.description == expected)
        #expect(rules.shown == shown ?? expected)
        #expect(try HeaderRules(rules.description) == rules)
    }

    static let refused: [(String, String)] =
        [
            ("Host", "no rule changes Host: host-header does"),
            ("hOST", "no rule changes Host: host-header does"),
            ("X A", "\"X A\" is no name of a field"), ("", "\"\" is no name of a field"),
            ("X-Ä", #""X-\xc3\x84" is no name of a field"#),
            ("X\r\nY", #""X\x0d\x0aY" is no name of a field"#),
            ("@tokens", "\"@tokens\" is no name of a field"),
        ]
        + framing.map {
            ($0, "no rule changes \($0): it belongs to the connection, or says how long the body is")
        }

    private static let framing = [
        "Connection", "keep-alive", "Proxy-Connection", "TE", "Trailer", "Upgrade", "Transfer-Encoding",
        "Content-Length", "content-LENGTH", "HTTP2-Settings", "Expect",
    ]

    @Test("names that no rule may have", arguments: refused)
    func names(_ name: String, _ expected: String) {
        for rule in ["remove:\(name)", "set:\(name): secret", "add:\(name): secret"] {
            let error = #expect(throws: InvalidValue.self) { try HeaderRules(rule) }
            #expect(error?.description == expected)
            #expect(error?.sentence == "Invalid value: \(expected).")
            let second = #expect(throws: InvalidValue.self) { try HeaderRules("remove:A,\(rule)") }
            #expect(second?.description == "rule 2: \(expected)")
        }
        #expect(throws: InvalidValue.self) { try CredentialFields(name) }
    }

    private static let form = #"""
        remove:NAME, remove:@credentials, set:NAME: VALUE or add:NAME: VALUE expected; a comma in a value is \,
        """#

    @Test(
        "what is no rule, and what is no value",
        arguments: [
            ("", form), ("secret", form), ("Set:X-A: secret", form), ("sett:X-A: secret", form),
            ("set:X-A secret", form), ("set", form), (":", form), ("set:X-A: a, secret", "rule 2: \(form)"),
            ("none,remove:A", "rule 1: \(form)"), ("remove:A,", "rule 2: \(form)"),
            ("set:@credentials: secret", "\"@credentials\" is no name of a field"),
            ("set:X-A: secret\r\nX-B: c", control), ("set:X-A: secret\n", control),
            ("add:X-A: secret\0", control), ("set:X-A: secret\u{7F}", control),
            ("set:X-A: secret\t", control),
            ("set:X-A: <hidden>", "the value of X-A is <hidden>, which only stands for one"),
            (#"set:X-A: secret\"#, "header rules end with a backslash"),
            (
                "set:X-A: \(String(repeating: "secret", count: 2000))",
                "header rules have over 8000 bytes together"
            ),
        ])
    func refusals(_ text: String, _ expected: String) {
        let error = #expect(throws: InvalidValue.self) { try HeaderRules(text) }
        #expect(error?.description == expected)
        #expect(error.map { !"\($0) \($0.sentence) \($0.value)".contains("secret") } == true)
    }

    private static let control = "the value of X-A has a control character, a line break or a NUL in it"

    @Test("the longest list is a line that an admin socket and a state file take")
    func longest() throws {
        let value = String(repeating: ";", count: 7990)
        let rules = try HeaderRules("set:X-A:\(value)")
        let line = "set headers \(RequestLine.escape(rules.description))"
        #expect(line.utf8.count < RequestLine.maxLength)
        #expect(try RequestLine(line.utf8).commands == [["set", "headers", rules.description]])
    }

    @Test("more credentials")
    func credentials() throws {
        #expect(try CredentialFields("none").description == "none")
        #expect(try CredentialFields("X-A,x-b").description == "X-A,x-b")
        for text in ["X-A,", ",", "X A", "none,X-A,", "X-A, X-B"] {
            #expect(throws: InvalidValue.self, "\(text)") { try CredentialFields(text) }
        }
    }

    @Test("one option after the other, in one list")
    func options() throws {
        let style = try Options.parse([
            "--header", "remove:@credentials", "--header=set:X-A: a\\, b", "--credential-header", "X-S",
            "--header", "remove:B,add:C: 1", "--credential-header", "X-T,X-U",
        ]).configuration().settings.destination.style
        #expect(style.headers.description == #"remove:@credentials,set:X-A: a\, b,remove:B,add:C: 1"#)
        #expect(style.credentials.description == "X-S,X-T,X-U")
    }

    @Test("a mistaken option is told without its value")
    func mistakes() throws {
        for (words, expected) in [
            (["--header", "set:Host: secret"], "--header: no rule changes Host: host-header does"),
            (["--header", "secret"], "--header: \(Self.form)"),
            (
                ["--header", "set:X-Mirrored-By: secret"],
                "--header: no rule changes X-Mirrored-By: it is the mark (--mark-header)"
            ),
            (
                ["--mark-header", "X-M: y", "--header", "remove:x-m"],
                "--header: no rule changes x-m: it is the mark (--mark-header)"
            ),
            (
                ["--credential-header", "x-mirrored-by"],
                "--header: no rule changes x-mirrored-by: it is the mark (--mark-header)"
            ),
        ] {
            let options = try Options.parse(words)
            let error = #expect(throws: UsageError.self, "\(words)") { try options.configuration() }
            #expect(error?.description == expected)
        }
        #expect(throws: Never.self) {
            try Options.parse(["--mark-header", "X-M: y", "--header", "remove:X-Mirrored-By"]).configuration()
        }
    }
}
