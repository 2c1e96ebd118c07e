import Testing

@testable import Agent

/// What systemd makes of the same text, by its env-file.c, extract-word.c and env-util.c.
@Suite("Check: systemd's rules")
struct SystemdTextTests {
    @Test(
        "a file of EnvironmentFile=",
        arguments: [
            ("A=b", "b"), ("A = b c ", "b c"), ("A=\"b  c\"", "b  c"), ("A='b \"c\"'", "b \"c\""),
            ("A=\"b\"'c'd", "bcd"),
            ("A=\"b\" \"c\"", "bc"), ("A=b\\\nc", "bc"), ("A=\"b\\\n c\"", "b c"), ("A=\"b\nc\"", "b\nc"),
            ("A=a\\ b\\\\", "a b\\"), (#"A="\"\$\x""#, #""$\x"#), ("A=1\nA=2", "2"),
            ("# A=1\n;A=2\n  A=3", "3"),
            ("A=b # c", "b # c"), ("A=$(id) ${X}", "$(id) ${X}"), ("A=", ""), ("A=b\"c\"", "b\"c\""),
            ("A=x\r\n", "x"),
        ])
    func environment(text: String, value: String) {
        let read = EnvironmentText(text)
        #expect(read.variables == ["A": value], "\(text)")
        #expect(read.remarks.isEmpty, "\(read.remarks)")
    }

    @Test(
        "lines that do not count are named",
        arguments: [
            ("A=1\nexport B=2\n", 2, "'export B'"), ("\n\nB\n", 3, "'B' is no assignment"),
            ("B", 1, "'B' is no assignment"),
            ("A=1\nB=\"x\ny\n", 2, "never closed"), ("# a\\\nA=1", 1, "before 254"), ("1A=2", 1, "'1A'"),
        ])
    func ignored(text: String, line: Int, remark: String) throws {
        let remarks = EnvironmentText(text).remarks
        #expect(remarks.map(\.line) == [line])
        #expect(remarks.first?.text.contains(remark) == true, "\(remarks)")
    }

    @Test("words of a command line")
    func words() {
        #expect(SystemdWords.split(" a 'b c'\"d\" e\\ f '' \\'g ") == ["a", "b cd", "e f", "", "'g"])
        #expect(SystemdWords.split("a 'b c") == ["a", "b c"])
        let variables = ["A": "x 'y z'", "E": ""]
        let words = ["$A", "${A}", "-u${A}", "$E", "${E}", "$NONE", "a$A", "$$A", "$"]
        #expect(
            SystemdWords.expand(words, variables) == [
                "x", "y z", "x 'y z'", "-ux 'y z'", "", "a$A", "$A",
            ])
    }
}
