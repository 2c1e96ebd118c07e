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
        let options = try Parser(of: Options.self).command.options
        #expect(options.count > 40)
        for option in options {
            #expect(page.lists(option: option), "\(option) is missing")
        }
    }

    @Test("every option's default and range, as --help tells them")
    func everyDefault() throws {
        let page = try ManualPage("man/spoa-mirror.8")
        var (defaults, ranges) = (0, 0)
        for argument in try Parser(of: Options.self).command.named {
            let item = try #require(page.item(option: argument.longestName), "\(argument.longestName)")
            if let value = argument.statedDefault {
                defaults += 1
                #expect(item.tells(value.replacing("--", with: "-")), "\(argument.longestName): \(value)")
            }
            for range in argument.ranges {
                ranges += 1
                #expect(item.contains(range), "\(argument.longestName): \(range)")
            }
        }
        #expect(defaults > 35 && ranges > 6)
    }

    @Test("options stand in the groups and the order of --help")
    func order() throws {
        let page = try ManualPage("man/spoa-mirror.8")
        let options = try Parser(of: Options.self).command.named.filter { $0.names?.isEmpty == false }
        // --help shows groups first and its own two last; one item may have several options (--user, --group).
        let groups = options.filter { $0.sectionTitle != nil } + options.filter { $0.sectionTitle == nil }
        var expected: [[String]] = []
        for option in groups {
            let title = option.sectionTitle ?? "Check and help"
            if expected.last?.first != title { expected.append([title]) }
            expected[expected.count - 1].append(String(option.longestName.dropFirst()))
        }
        #expect(page.optionsBySection == expected)
    }

    @Test func everyCommandAndOptionOfTheClient() throws {
        let page = try ManualPage("man/mirrorctl.1")
        #expect(Dialect.prompt.rows.count > 27)
        for row in Dialect.prompt.rows {
            #expect(page.lists(all: ["Ic"] + row.words), "\(row.usage) is missing")
        }
        #expect(page.lists(all: ["metrics", "-output"]) && page.lists(all: ["pause", "-for"]))
        #expect(ClientOptions.table.count >= 9)
        for name in ClientOptions.table.flatMap(\.names) {
            #expect(page.lists(option: name), "\(name) is missing")
        }
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
