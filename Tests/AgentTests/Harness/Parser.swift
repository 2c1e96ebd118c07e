import ArgumentParser
import Foundation

/// A program's verbs and options, as its own parser tells them.
struct Parser: Decodable {
    let command: Command

    struct Command: Decodable {
        let commandName: String
        let arguments: [Argument]?
        let subcommands: [Command]?

        /// Options and flags.
        var named: [Argument] { (arguments ?? []).filter { $0.kind != "positional" } }

        /// All names of options, with their dashes.
        var options: [String] { named.flatMap { $0.names ?? [] }.map(\.spelling) }
    }

    struct Argument: Decodable {
        let kind: String
        let names: [Name]?
        let abstract: String?
        let defaultValue: String?
        /// The heading of `--help` that it stands under; nil for the last one, which has no name of its own.
        let sectionTitle: String?

        /// With its dashes.
        var longestName: String { (names ?? []).map(\.spelling).max { $0.count < $1.count } ?? "" }

        /// What `--help` says that it is unless given, but for remarks; nil when it says nothing.
        var statedDefault: String? {
            let match = abstract?.firstMatch(of: /\(default: ([^,)]+)[,)]/)
            return match.map { String($0.1) } ?? (kind == "flag" ? nil : defaultValue)
        }

        /// Numbers that `--help` says it takes, such as `1 to 64`.
        var ranges: [String] { (abstract ?? "").matches(of: /\d+%? to \d+%?/).map { String($0.0) } }
    }

    struct Name: Decodable {
        let kind: String
        let name: String

        var spelling: String { kind == "long" ? "--\(name)" : "-\(name)" }
    }

    init(of program: (some ParsableArguments).Type) throws {
        self = try JSONDecoder().decode(Parser.self, from: Data(program._dumpHelp().utf8))
    }
}
