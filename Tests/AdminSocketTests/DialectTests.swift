import Testing

@testable import AdminSocket

@Suite("Dialects")
struct DialectTests {
    private let shell = Dialect(
        rows: Dialect.socket().rows + [.init("status [json]", "one screen")], prefix: "program ")

    @Test(
        "hints name what may have been meant",
        arguments: [
            ("shwo info", "did you mean 'show info'?"), ("shwo", "did you mean 'show'?"),
            ("show conn", "did you mean 'show connections'?"), ("show-stat", "did you mean 'show stat'?"),
            ("showstat json", "did you mean 'show stat'?"), ("resu", "did you mean 'resume'?"),
            ("rese", "did you mean 'reset'?"), ("res", "try 'help'."), ("restore", "did you mean 'reset'?"),
            ("exit", "did you mean 'quit'?"),
            ("sample-rate 1%", "did you mean 'set sample-rate'?"),
            ("mirror-url x", "did you mean 'set url'?"),
            ("stop", "did you mean 'pause'?"), ("state", "did you mean 'show info'?"),
            ("stast", "did you mean 'stats'?"), ("conn", "did you mean 'connections'?"),
            ("clear table", "'clear' takes counters."), ("x", "try 'help'."), ("", "try 'help'."),
        ])
    func hints(_ line: String, _ hint: String) {
        let words = line.split(separator: " ").map(String.init)
        #expect(Dialect.socket().unknown(words) == "Unknown command: '\(line)', \(hint)")
    }

    @Test func hintsUseTheWordsOfThePlace() {
        #expect(shell.unknown(["state"]) == "Unknown command: 'state', did you mean 'program status'?")
        #expect(shell.unknown(["frobnicate"]) == "Unknown command: 'frobnicate', try 'program help'.")
        #expect(shell.unknown(setting: "timout") == "Unknown setting: 'timout', did you mean 'timeout'?")
        #expect(
            shell.unknown(setting: "paused") == "Unknown setting: 'paused', did you mean 'program pause'?")
        #expect(
            shell.unknown(setting: "paused", for: "reset")
                == "Unknown setting: 'paused', did you mean 'program resume'?")
        #expect(
            shell.unknown(setting: "counters", for: "reset")
                == "Unknown setting: 'counters', did you mean 'program clear counters'?")
        #expect(
            shell.unknown(setting: "colour")
                == "Unknown setting: 'colour', 'program show settings' lists them.")
    }

    @Test func everySettingIsExplained() throws {
        for row in Setting.table {
            let usage = "set \(row.name) \(row.values.joined(separator: "|")) [for <duration>]"
            let expected = ["\(usage)  \(row.help)"]
            #expect(try row.name == .url || shell.help(on: ["set", row.name.rawValue]) == expected)
            #expect(try shell.help(on: [row.name.rawValue]) == expected)
            #expect(try shell.help(on: ["reset", row.name.rawValue]) == expected)
        }
        let url = try shell.help(on: ["set", "url"])
        #expect(url.count == 1 && url[0].hasPrefix("set url <url> [require-reachable] [for <duration>]  "))
        #expect(try shell.help(on: ["set"]).count { $0.contains("set url ") } == 1)
        #expect(try shell.help(on: ["set"]).count == SettingName.allCases.count + 2)
        #expect(throws: CommandError.self) { try Dialect.socket(.user).help(on: ["set", "timeout"]) }
    }

    @Test func everyCommandIsExplained() throws {
        for row in shell.rows { #expect(try shell.help(on: row.words).contains { $0.hasPrefix(row.usage) }) }
        #expect(try shell.help(on: []).count == shell.rows.count)
        #expect(throws: CommandError.self) { try shell.help(on: ["show", "nothing"]) }
        #expect(try shell.help(on: ["stats"]) == shell.help(on: ["show", "stat"]))
    }
}
