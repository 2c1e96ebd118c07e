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
            let call = try Command.find(row.words + ["x"], level: row.level)
            #expect(call == .init(command: row, arguments: ["x"]))
        }
    }

    @Test func everyNameHasOneRow() {
        #expect(Set(Command.table.map(\.name)) == Set(Command.Name.allCases))
        #expect(Command.table.count == Command.Name.allCases.count)
    }

    @Test func mistakesAreExplained() {
        #expect(failure(["sohw", "info"]) == "Unknown command: 'sohw info', did you mean 'show'?")
        #expect(failure(["frobnicate"]) == "Unknown command: 'frobnicate', try 'help'.")
        #expect(failure(["show"]) == "Unknown command: 'show', 'show' takes info, stat, version.")
    }

    @Test(
        "distance",
        arguments: [
            ("show", "show", 0), ("sohw", "show", 1), ("shw", "show", 1), ("", "abc", 3), ("abc", "", 3),
        ])
    func distance(_ left: String, _ right: String, _ expected: Int) {
        #expect(Command.distance(left, right) == expected)
    }

    @Test func levelsAreOrdered() {
        #expect(Level.user < .operator)
        #expect(Level.operator < .admin)
    }
}
