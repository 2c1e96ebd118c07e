import System
import Testing

@Suite("Text of others")
struct PrintableTextTests {
    private let bytes = Array("/a b\n\"\\\u{7F}é".utf8)

    @Test func noClientBreaksALine() {
        #expect(PrintableText.of(bytes) == "/a\\x20b\\x0a\\x22\\x5c\\x7f\\xc3\\xa9")
    }

    @Test("Blanks stay in a sentence, and nothing else of what is escaped")
    func sentences() {
        #expect(PrintableText.sentence(bytes) == "/a b\\x0a\\x22\\x5c\\x7f\\xc3\\xa9")
        #expect(PrintableText.quoted("a\"b".utf8) == "\"a\\x22b\"")
    }
}
