internal import ArgumentParser
internal import System

/// All that is wrong with a command line, where a parser stops at the first mistake.
enum OptionMistakes {
    /// What a command line comes to.
    enum Outcome {
        /// Those that are not mistaken.
        case options(Options)
        /// What was asked for is this text, by help and its like.
        case text(String)
        /// Nothing is left to try.
        case mistakes
    }

    /// Leaves out the options that are mistaken, each of which goes to `findings`.
    static func parse(_ arguments: [String], into findings: inout Findings) -> Outcome {
        var rest = arguments
        for _ in 0...arguments.count {
            do { return .options(try Options.parse(rest)) } catch {
                let message = Options.message(for: error)
                guard Options.exitCode(for: error) != .success else {
                    return .text(Options.fullMessage(for: error))
                }
                findings.add(UsageError("\(message) (see spoa-mirror --help)"))
                guard let shorter = leavingOut(message, rest) else { return .mistakes }
                rest = shorter
            }
        }
        return .mistakes
    }

    /// Without the first argument with which the parser says `message`, and without its option.
    private static func leavingOut(_ message: String, _ arguments: [String]) -> [String]? {
        guard
            let end = (1...max(1, arguments.count)).first(where: { failure(arguments.prefix($0)) == message })
        else { return nil }
        var rest = arguments
        rest.remove(at: end - 1)
        // A value that was taken for an option: -r -1s.
        if end - 1 < rest.count, rest[end - 1].hasPrefix("-"),
            rest[end - 1].dropFirst().first?.isNumber == true
        {
            rest.remove(at: end - 1)
        }
        if end > 1, failure(arguments.prefix(end - 1))?.hasPrefix("Missing value") == true {
            rest.remove(at: end - 2)
        }
        return rest
    }

    private static func failure(_ arguments: ArraySlice<String>) -> String? {
        do { _ = try Options.parse(Array(arguments)) } catch { return Options.message(for: error) }
        return nil
    }
}
