import AdminSocket
import Stats
import Testing

@testable import Agent
@testable import mirrorctl

/// What can be typed or read is in its manual page.
@Suite("Manual pages")
struct ManualTests {
    private let protocolPage: ManualPage

    init() throws { protocolPage = try ManualPage("man/spoa-mirror-admin.7") }

    @Test func everyOptionOfTheDaemon() throws {
        let page = try ManualPage("man/spoa-mirror.8")
        let readme = try Documents.text("README.md")
        let options = try Parser(of: Options.self).command.options
        #expect(options.count > 40)
        for option in options {
            #expect(page.lists(option: option), "\(option) is missing")
            #expect(readme.contains("\(option)"), "README: \(option) is missing")
        }
    }

    @Test func everyVerbAndOptionOfTheClient() throws {
        let page = try ManualPage("man/mirrorctl.1")
        let parser = try Parser(of: Mirrorctl.self).command
        let verbs = try #require(parser.subcommands)
        #expect(verbs.count > 14)
        for verb in verbs {
            #expect(page.lists("Ic", [verb.commandName]), "\(verb.commandName) is missing")
            for option in verb.options where !parser.options.contains(option) {
                #expect(
                    page.lists(all: [verb.commandName, String(option.dropFirst())]),
                    "\(verb.commandName) \(option) is missing")
            }
        }
        #expect(parser.options.count >= 7)
        for option in parser.options { #expect(page.lists(option: option), "\(option) is missing") }
    }

    @Test func everyCommandAtItsLevel() {
        #expect(Command.table.count == Command.Name.allCases.count)
        for command in Command.table {
            #expect(
                protocolPage.section(of: command.words) == "Level \(command.level.rawValue)",
                "\(command.usage)")
        }
        for command in Command.table where command.arguments == "[json]" {
            #expect(protocolPage.lists("Ic", command.words + ["Op", "Cm", "json"]))
            #expect(protocolPage.lists("Ic", command.words + ["json"]), "the JSON of \(command.usage)")
        }
    }

    @Test func everyCounter() {
        for counter in Counter.allCases {
            #expect(protocolPage.lists("Va", [counter.name]), "\(counter.name) is missing")
        }
    }

    @Test func everyMetricWithItsLabels() throws {
        let families = try MetricsText().families
        #expect(families.count > 35)
        for (name, labels) in families {
            #expect(protocolPage.lists("Va", [name]), "\(name) is missing")
            #expect(protocolPage.lists(all: [name] + labels), "\(name) has \(labels)")
        }
    }
}
