import AdminSocket
import Testing

@testable import Agent

@Suite("Live settings on the command line")
struct LiveOptionsTests {
    @Test("each can be given on the command line, and is known to have been", arguments: Setting.table)
    func option(_ row: Setting) throws {
        for value in try #require(LiveSettingTests.values[row.name]) {
            for words in [["--\(row.option)", value], ["--\(row.option)=\(value)"]] {
                let configuration = try Options.parse(words).configuration()
                #expect(configuration.settings.text(of: row.name) == value)
                #expect(configuration.given == [row.name])
            }
        }
    }

    @Test("the command line has these options, and none of its own under their names")
    func options() throws {
        let options = try Parser(of: Options.self).command.options
        for row in Setting.table { #expect(options.count { $0 == "--\(row.option)" } == 1) }
        #expect(try Options.parse([]).configuration().given.isEmpty)
        #expect(try Options.parse(["-uhttp://localhost:10100/"]).configuration().given == [.url])
    }
}
