import Testing

@testable import Agent

@Suite("Values of options")
struct OptionParsersTests {
    @Test(
        "source ports",
        arguments: [
            ("7000", 7000...7000), ("7000-7009", 7000...7009), ("7000:10", 7000...7009),
            ("65535:1", 65535...65535),
        ])
    func ports(_ text: String, _ expected: ClosedRange<UInt16>) throws {
        #expect(try OptionParsers.portRange(text) == expected)
    }

    @Test(
        "source ports that are none",
        arguments: ["", "0", "70000", "7-", "-7", "9-8", "65535:2", "1:0", "1-2-3", "a"])
    func badPorts(_ text: String) {
        #expect(throws: (any Error).self) { try OptionParsers.portRange(text) }
    }

    @Test(
        "log files",
        arguments: [
            ("/x", "/x", LogFile.Mode.append), ("a:/x", "/x", .append), ("A:/x", "/x", .appendLines),
            ("w:/x", "/x", .truncate),
            ("W:/x", "/x", .truncateLines), ("/b:/x", "/b:/x", .append), ("/a", "/a", .append),
        ])
    func logFiles(_ text: String, _ path: String, _ mode: LogFile.Mode) throws {
        #expect(try OptionParsers.logFile(text) == .init(path: path, mode: mode))
    }

    @Test("log files that are none", arguments: ["", "a", "A", "w", "W", "a:", "W:"])
    func badLogFiles(_ text: String) {
        #expect(throws: InvalidValue.self) { try OptionParsers.logFile(text) }
    }
}
