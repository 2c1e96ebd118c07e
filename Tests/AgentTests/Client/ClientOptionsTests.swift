import Testing

@testable import mirrorctl

@Suite("mirrorctl: options")
struct ClientOptionsTests {
    private func read(_ line: String) throws(Failure) -> ClientOptions {
        try ClientOptions(line.split(separator: " ").map(String.init))
    }

    @Test(
        "before the command, behind it, in every spelling",
        arguments: [
            "-s /s -t 2 -q show stat", "show stat -q -s /s -t 2", "show -qs/s stat --timeout=2",
            "-q -s=/s -t2 show stat",
            "--quiet --socket /s --timeout 2 -- show stat",
        ])
    func spellings(_ line: String) throws {
        let options = try read(line)
        #expect(options.words == ["show", "stat"])
        #expect(options.socket == "/s" && options.timeout == 2 && options.isQuiet && !options.isJSON)
    }

    @Test func wordsThatLookLikeOptions() throws {
        #expect(try read("set max-queue -1").words == ["set", "max-queue", "-1"])
        #expect(try read("metrics -o -").output == "-")
        #expect(try read("-q raw show -q --json").words == ["raw", "show", "-q", "--json"])
        #expect(try read("set x -- --json").words == ["set", "x", "--json"])
    }

    @Test func thoseOfTheLineWinOverThoseOfTheProgram() throws {
        let base = try read("-s /a -t 1 --json")
        let options = try ClientOptions(["status", "-t", "3"], over: base)
        #expect(options.socket == "/a" && options.timeout == 3 && options.isJSON)
        #expect(try ClientOptions([], over: read("status")).words.isEmpty)
    }

    @Test(
        "mistakes",
        arguments: [
            ("--jsno", "Unknown option '--jsno', did you mean '--json'?"), ("-x", "Unknown option '-x'"),
            ("-qx", "Unknown option '-x'"), ("-t", "Missing value for '-t <seconds>'"),
            ("--json=1", "The option '--json' takes no value"),
            ("--time=3", "Unknown option '--time', did you mean '--timeout'?"),
            ("-t 0", "--timeout is more than 0 and at most 86400 seconds, not '0'"),
            ("-t nan", "--timeout is more than 0 and at most 86400 seconds, not 'nan'"),
        ])
    func mistakes(_ line: String, _ expected: String) {
        do throws(Failure) {
            _ = try read(line)
            Issue.record("taken")
        } catch {
            #expect(error.description == "\(expected) (see mirrorctl --help)")
            #expect(error.exitCode == 64)
        }
    }

    @Test func theHelpFitsATerminal() {
        #expect(
            Help.page.allSatisfy { $0.count <= 80 && $0.last != " " }, "\(Help.page.filter { $0.count > 80 })"
        )
        for option in ClientOptions.table {
            #expect(Help.page.contains { $0.hasPrefix("  \(option.usage)") })
        }
    }

    @Test func whatJSONCannotHaveIsEscaped() {
        #expect(JSONText.quote("a\"b\\c\u{1}\u{1F}\nö") == #""a\"b\\c\u0001\u001f\u000aö""#)
        #expect(
            JSONText.failure("no", code: 64) == "{\"code\":64,\"error\":\"no\",\"format\":1,\"ok\":false}\n")
        #expect(JSONText.lines(["a", "b"]) == "{\"format\":1,\"lines\":[\"a\",\"b\"],\"ok\":true}\n")
    }
}
