import Testing

@testable import AdminSocket

@Suite("Request lines")
struct RequestLineTests {
    private func cut(_ line: String) throws -> [[String]] { try RequestLine(line.utf8).commands }

    @Test(
        "cutting",
        arguments: [
            ("show info", [["show", "info"]]),
            ("show info; show stat", [["show", "info"], ["show", "stat"]]),
            ("  show\t info  ;;; help ;", [["show", "info"], ["help"]]), ("", []), (" ; ; ", []),
            (#"set x a\ b\;c\\d"#, [["set", "x", #"a b;c\d"#]]), (#"\n"#, [["n"]]), ("grüße", [["grüße"]]),
        ])
    func cutting(_ line: String, _ commands: [[String]]) throws {
        #expect(try cut(line) == commands)
    }

    @Test func escapedWordsComeBack() throws {
        // The last two begin with one character that is a blank, or a separator, and a combining accent.
        for word in ["a b", ";", #"\"#, #"a\;b c"#, "plain", "\t", " \u{301}", ";\u{301}x"] {
            #expect(try cut("set \(RequestLine.escape(word))") == [["set", word]])
        }
    }

    @Test func refusals() {
        #expect(throws: RequestLine.Refusal.strayBackslash) { try cut(#"show \"#) }
        #expect(throws: RequestLine.Refusal.notText) { try RequestLine([0x73, 0xFF]) }
        #expect(throws: RequestLine.Refusal.notText) { try cut("show\u{1}") }
        #expect(throws: RequestLine.Refusal.notText) { try cut("show\0") }
        #expect(throws: RequestLine.Refusal.tooManyWords) { try cut(String(repeating: "a ", count: 65)) }
        #expect(throws: Never.self) { try cut(String(repeating: "a;", count: 64)) }
    }

    @Test(
        "an escaped word is one word",
        arguments: ["", "a b", "a;b", "a\\b", "\\", "X: y; z", "a \u{301}b", ";\u{301}"])
    func escaping(_ word: String) throws {
        guard !word.isEmpty else { return #expect(RequestLine.escape(word).isEmpty) }
        #expect(try RequestLine("x \(RequestLine.escape(word))".utf8).commands == [["x", word]])
    }
}
