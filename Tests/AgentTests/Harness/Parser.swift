import ArgumentParser
import Foundation

/// A program's verbs and options, as its own parser tells them.
struct Parser: Decodable {
    let command: Command

    struct Command: Decodable {
        let commandName: String
        let arguments: [Argument]?
        let subcommands: [Command]?

        /// Options, each by its longest name with its dashes.
        var options: [String] {
            (arguments ?? []).filter { $0.kind != "positional" }.flatMap { $0.names ?? [] }.map(\.spelling)
        }
    }

    struct Argument: Decodable {
        let kind: String
        let names: [Name]?
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
