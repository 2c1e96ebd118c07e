import AdminSocket
@testable import Agent

/// A line for an admin socket: cut, looked up at each level, and spelled again so that the same words come back.
enum AdminFuzzer {
    static func run(_ input: [UInt8]) {
        let commands: [[String]]
        do throws(RequestLine.Refusal) { commands = try RequestLine(input).commands } catch {
            return require(!error.description.contains("\n"), "a refusal of two lines")
        }
        for words in commands {
            for level in Level.allCases { find(words, level) }
            let spelled = words.map { RequestLine.escape($0) }.joined(separator: " ")
            let again = try? RequestLine(spelled.utf8).commands
            require(again == [words], "\(words) comes back as \(String(describing: again))")
        }
        _ = Completion.words(after: String(decoding: input, as: UTF8.self))
    }

    private static func find(_ words: [String], _ level: Level) {
        do throws(CommandError) {
            let call = try Command.find(words, level: level)
            require(call.command.level <= level, "a command above the level")
            require(
                call.command.argumentCount.contains(call.arguments.count), "too many or too few arguments")
        } catch {
            let bytes = SeverityOutput.number.encode(error)
            let replies = ReceivedReply.parse(String(decoding: bytes, as: UTF8.self))
            require(replies == [.error(error.description)], "an answer that is not one: \(error)")
        }
    }
}
