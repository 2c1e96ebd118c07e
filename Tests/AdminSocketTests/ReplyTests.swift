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

    @Test(
        "completion",
        arguments: [
            ("", "clear help pause prompt quit resume save set show wait"),
            ("show ", "connections errors info metrics settings stat version"), ("show info ", "json"),
            ("help show ", "connections errors info metrics settings stat version"), ("frob ", ""),
            ("pause; wait ", "drained"), ("set severity-output ", "none number string"),
        ])
    func completion(_ line: String, _ expected: String) {
        #expect(Completion.words(after: line).joined(separator: " ") == expected)
    }

    @Test func settingsAreCompleted() {
        #expect(Set(SettingName.allCases.map(\.rawValue)).isSubset(of: Completion.words(after: "set ")))
    }

    @Test(
        "an escaped word is one word",
        arguments: ["", "a b", "a;b", "a\\b", "\\", "X: y; z", "a \u{301}b", ";\u{301}"])
    func escaping(_ word: String) throws {
        guard !word.isEmpty else { return #expect(RequestLine.escape(word).isEmpty) }
        #expect(try RequestLine("x \(RequestLine.escape(word))".utf8).commands == [["x", word]])
    }

    @Test func labels() {
        #expect(SettingName.url.row.label == "Destination" && SettingName.url.row.option == "mirror-url")
        #expect(SettingName.maxQueueBytes.row.label == "Max queue bytes")
    }

    @Test func everySettingHasOneRow() {
        #expect(Setting.table.count == SettingName.allCases.count)
        #expect(Set(Setting.table.map(\.name)) == Set(SettingName.allCases))
    }
}
