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
        var known = Failures()
        for _ in 0...arguments.count {
            do { return .options(try Options.parse(rest)) } catch {
                let message = Options.message(for: error)
                guard Options.exitCode(for: error) != .success else {
                    return .text(Options.fullMessage(for: error))
                }
                findings.add(UsageError("\(message) (see spoa-mirror --help)"))
                guard let shorter = leavingOut(message, rest, &known) else { return .mistakes }
                rest = shorter
            }
        }
        return .mistakes
    }

    /// Without the first argument with which the parser says `message`, and without its option.
    private static func leavingOut(
        _ message: String, _ arguments: [String], _ known: inout Failures
    ) -> [String]? {
        guard
            let end = (1...max(1, arguments.count)).first(where: { known[arguments.prefix($0)] == message })
        else { return nil }
        var rest = arguments
        rest.remove(at: end - 1)
        // A value that was taken for an option: -r -1s.
        if end - 1 < rest.count, rest[end - 1].hasPrefix("-"),
            rest[end - 1].dropFirst().first?.isNumber == true
        {
            rest.remove(at: end - 1)
        }
        if end > 1, known[arguments.prefix(end - 1)]?.hasPrefix("Missing value") == true {
            rest.remove(at: end - 2)
        }
        return rest
    }

    /// What the parser says of the beginnings of a command line. Parsing takes milliseconds, and those before a mistake stay as they are
    /// when it is taken out.
    private struct Failures {
        private var known: [ArraySlice<String>: String?] = [:]

        /// Nil when nothing is wrong with these.
        subscript(_ arguments: ArraySlice<String>) -> String? {
            mutating get {
                if let failure = known[arguments] { return failure }
                var failure: String?
                do { _ = try Options.parse(Array(arguments)) } catch { failure = Options.message(for: error) }
                known[arguments] = .some(failure)
                return failure
            }
        }
    }
}
