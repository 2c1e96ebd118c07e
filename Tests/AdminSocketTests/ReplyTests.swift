import Testing

@testable import AdminSocket

@Suite("Replies")
struct ReplyTests {
    private func text(_ severity: SeverityOutput, _ reply: Reply) -> String {
        String(decoding: severity.encode(reply), as: UTF8.self)
    }

    @Test func framing() {
        #expect(text(.none, .silence) == "\n")
        #expect(text(.number, .data(["a", "", "b"])) == "a\nb\n\n", "no empty line inside")
        #expect(text(.none, .message("done")) == "done\n\n")
        #expect(text(.number, .message("done")) == "[6]: done\n\n")
        #expect(text(.string, .message("done")) == "[info]: done\n\n")
        #expect(
            String(decoding: SeverityOutput.number.encode(CommandError("no")), as: UTF8.self) == "[3]: no\n\n"
        )
    }

    @Test func clientsReadWhatDaemonsWrite() {
        let bytes =
            SeverityOutput.number.encode(.silence) + SeverityOutput.number.encode(.data(["a: 1", "b: 2"]))
            + SeverityOutput.number.encode(.message("done"))
            + SeverityOutput.number.encode(CommandError("no"))
            + SeverityOutput.number.encode(.data([]))
        #expect(
            ReceivedReply.parse(String(decoding: bytes, as: UTF8.self)) == [
                .data([]), .data(["a: 1", "b: 2"]), .message("done"), .error("no"), .data([]),
            ])
    }

    @Test("an answer that breaks off is none", arguments: ["a", "a\n", "\na: 1\n"])
    func broken(_ text: String) { #expect(ReceivedReply.parse(text) == nil) }
}
