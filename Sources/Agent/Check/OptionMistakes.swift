internal import ArgumentParser
internal import System

/// All that is wrong with a command line, where a parser stops at the first mistake.
enum OptionMistakes {
    /// The options without those that are mistaken, each of which goes to `findings`. Nil when nothing else is left to try, or when
    /// help is what was asked for.
    static func parse(_ arguments: [String], into findings: inout Findings) -> Options? {
        var rest = arguments
        for _ in 0...arguments.count {
            do { return try Options.parse(rest) } catch {
                let message = Options.message(for: error)
                guard Options.exitCode(for: error) != .success else {
                    print(Options.fullMessage(for: error))
                    return nil
                }
                findings.add(UsageError("\(message) (see spoa-mirror --help)"))
                guard let shorter = leavingOut(message, rest) else { return nil }
                rest = shorter
            }
        }
        return nil
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
