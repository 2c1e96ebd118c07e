import Testing

@testable import AdminSocket

@Suite("Commands")
struct CommandTests {
    private func failure(_ words: [String], level: Level = .admin) -> String {
        do throws(CommandError) {
            _ = try Command.find(words, level: level)
            return ""
        } catch {
            return error.description
        }
    }

    @Test func everyRowIsFound() throws {
        for row in Command.table {
            let arguments = Array(repeating: "x", count: row.argumentCount.lowerBound)
            let call = try Command.find(row.words + arguments, level: row.level)
            #expect(call.command == row && call.arguments == arguments)
        }
    }

    @Test func everyNameHasOneRow() {
        #expect(Set(Command.table.map(\.name)) == Set(Command.Name.allCases))
        #expect(Command.table.count == Command.Name.allCases.count)
    }

    @Test func mistakesAreExplained() {
        #expect(failure(["sohw", "info"]) == "Unknown command: 'sohw info', did you mean 'show info'?")
        #expect(failure(["frobnicate"]) == "Unknown command: 'frobnicate', try 'help'.")
        #expect(
            failure(["show"])
                == "Missing argument: 'show' takes info, stat, metrics, destinations, version, settings, errors, connections."
        )
        #expect(
            failure(["set", "url"])
                == "Missing argument: 'set url <url> [require-reachable] [for <duration>]' expected.")
        #expect(failure(["set", "timeout"]) == "Missing argument: 'set timeout TIME' expected.")
        #expect(
            failure(["set", "url", "http://h/", "now"])
                == "Unexpected argument: 'now' ('set url <url> [require-reachable] [for <duration>]' expected)."
        )
        #expect(failure(["set", "paused"]) == "Unknown setting: 'paused', did you mean 'pause'?")
        #expect(
            failure(["show", "info", "json", "xml"])
                == "Unexpected argument: 'xml' ('show info [json]' expected).")
        #expect(failure(["resume", "now"]) == "Unexpected argument: 'now' ('resume' expected).")
    }

    @Test func shortFormsCallCommands() throws {
        for short in Command.shortForms {
            let name = try #require(short.usage.split(separator: " ").first.map(String.init))
            let isNeeded = short.usage.split(separator: " ").contains { $0.hasPrefix("<") }
            let arguments = isNeeded ? ["x"] : []
            let call = try Command.find([name] + arguments, level: .admin)
            #expect(call.command.words + call.arguments == short.command + arguments)
        }
        #expect(try Command.find(["save", "state"], level: .admin).arguments.isEmpty)
        #expect(
            failure(["set-url"])
                == "Missing argument: 'set-url <url> [require-reachable] [for <duration>]' expected.")
        #expect(failure(["stats", "xml"]) == "Unexpected argument: 'xml' ('stats [json]' expected).")
        #expect(failure(["set-url", "x"], level: .operator) == "Permission denied (needs level admin).")
    }

    @Test func aFixedWordMayStandBehindAnArgument() throws {
        let call = try Command.find(["set", "url", "u", "require-reachable"], level: .admin)
        #expect(call.command.name == .setURL && call.arguments == ["u", "require-reachable"])
        #expect(try Command.find(["set", "url", "u"], level: .admin).arguments == ["u"])
        #expect(try Command.find(["set", "timeout", "1s"], level: .admin).command.name == .set)
    }

    @Test("a time is what stands behind for, where no value can stand")
    func terms() throws {
        for (words, own, term) in [
            (["set", "timeout", "1s"], ["timeout", "1s"], nil),
            (["set", "timeout", "1s", "for", "10m"], ["timeout", "1s"], ["10m"]),
            (["set-sample-rate", "1%", "for", "10m"], ["sample-rate", "1%"], ["10m"]),
            (["set", "sample-salt", "for"], ["sample-salt", "for"], nil),
            (["set", "sample-salt", "for", "for", "10m"], ["sample-salt", "for"], ["10m"]),
            (["set", "headers", "set:X: for 10m"], ["headers", "set:X: for 10m"], nil),
            (["set", "headers", "set:X: for 1m", "for", "10m"], ["headers", "set:X: for 1m"], ["10m"]),
            (["set", "url", "u", "for", "10m"], ["u"], ["10m"]),
            (["set", "url", "u", "require-reachable", "for", "10m"], ["u", "require-reachable"], ["10m"]),
        ] as [([String], [String], [String]?)] {
            let call = try Command.find(words, level: .admin)
            let split = call.command.splitTerm(call.arguments)
            #expect(split.own == own && split.term == term, "\(words)")
        }
        for words in [["pause", "for", "10m"], ["reset", "timeout", "for", "10m"]] {
            #expect(!failure(words).isEmpty)
        }
    }

    @Test func everyLevelIsHeld() {
        for row in Command.table {
            let words = row.words + Array(repeating: "x", count: row.argumentCount.lowerBound)
            for level in Level.allCases {
                let expected =
                    level < row.level ? "Permission denied (needs level \(row.level.rawValue))." : ""
                #expect(failure(words, level: level) == expected, "\(words)")
            }
        }
    }

    @Test func levelsAreOrdered() {
        #expect(Level.user < .operator)
        #expect(Level.operator < .admin)
    }
}
