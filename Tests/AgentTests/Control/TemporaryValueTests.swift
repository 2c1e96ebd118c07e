import AdminSocket
import Testing

@testable import Agent
@testable import System

/// What comes back, of settings of every kind.
@Suite("Changes for a time: values")
struct TemporaryValueTests {
    private static let values: [SettingName: String] = [
        .url: "http://127.0.0.1:7/x", .sampleRate: "1%", .sampleKey: "source", .maxRate: "7/s",
        .methods: "GET", .hostHeader: "destination", .markHeader: "none", .truncatedBody: "send",
        .unknownLength: "drop", .haproxyBufsize: "32KiB", .headers: "remove:A", .stripPrefix: "/a",
        .trace: "drop", .resend: "never", .degradedShare: "7%", .logLevel: "error", .requestLog: "on",
        .breaker: "off", .breakerShare: "7%",
    ]

    @Test("every setting may have a value for a time", arguments: SettingName.allCases)
    func every(_ name: SettingName) throws {
        let stage = try SettingsStage()
        let before = stage.controller.settings.text(of: name)
        let value = Self.values[name] ?? (before.last == "s" ? "77s" : "4321")
        let answer = try stage.controller.set(name, to: value, for: .seconds(60))
        #expect(answer.contains(" for 1m, then back to \(stage.controller.shownReturn(of: name)) (was "))
        #expect(stage.controller.settings.text(of: name) != before)
        #expect(stage.controller.permanent.text(of: name) == before && stage.controller.unsaved.isEmpty)
        try stage.save()
        #expect(stage.lines == [])
        stage.pass(61)
        #expect(stage.controller.settings.text(of: name) == before && stage.ended.count == 1)
    }

    @Test("values that are hidden stay hidden")
    func hidden() throws {
        let stage = try SettingsStage(["--header", "set:X-A: secret1", "--sample-salt", "secret2"])
        var texts = [
            try stage.controller.set(.headers, to: "set:X-A: secret3", for: .seconds(60)),
            try stage.controller.set(.sampleSalt, to: "secret4", for: .seconds(60)),
        ]
        #expect(
            texts == [
                "Headers set to set:X-A: <hidden> for 1m, then back to the one before (was set:X-A: <hidden>).",
                "Sample salt is now set for 1m, then back to the one before (was set).",
            ])
        let report = Report.settings(stage.controller)
        texts += report.lines + [report.json.text]
        texts += Report.kept(stage.controller, showsValues: true).map(\.text)
        stage.pass(61)
        #expect(stage.controller.settings.text(of: .headers) == "set:X-A: secret1")
        #expect(stage.controller.settings.text(of: .sampleSalt) == "secret2")
        #expect(
            stage.ended == [
                "the time of sample-salt set is over: back to the one before",
                "the time of headers set:X-A: <hidden> is over: back to the one before",
            ])
        for text in texts + stage.ended { #expect(!text.contains("secret"), "\(text)") }
    }

    @Test("a mark that comes back over a rule: both are kept, and the log says which one counts")
    func mark() throws {
        let stage = try SettingsStage(["--mark-header", "X-A: 1"])
        _ = try stage.controller.set(.markHeader, to: "none", for: .seconds(60))
        _ = try stage.controller.set(.headers, to: "remove:X-A")
        stage.pass(61)
        #expect(
            stage.ended == [
                "the time of mark-header none is over: back to X-A: 1; no rule changes X-A, which is the mark"
            ])
        #expect(stage.controller.settings.text(of: .markHeader) == "X-A: 1")
        #expect(stage.controller.settings.text(of: .headers) == "remove:X-A")
    }

    @Test("two that depend on each other come back in either order", arguments: [60, 3600])
    func both(_ time: Int) throws {
        let stage = try SettingsStage(["--mark-header", "X-A: 1", "--header", "remove:X-B"])
        _ = try stage.controller.set(.markHeader, to: "none", for: .seconds(time))
        _ = try stage.controller.set(.headers, to: "remove:X-A", for: .seconds(600))
        stage.pass(Double(min(time, 600)) + 1)
        stage.pass(Double(max(time, 600)) + 1)
        #expect(stage.controller.settings.text(of: .markHeader) == "X-A: 1")
        #expect(stage.controller.settings.text(of: .headers) == "remove:X-B")
        #expect(stage.controller.temporary.all.isEmpty && stage.ended.count == 2)
        #expect(stage.controller.settings.destination.style.ruleOnMark == nil)
    }

    @Test("what memory does not allow any more comes back as far as it goes")
    func bounded() throws {
        let stage = try SettingsStage(["--max-queue-bytes", "1GiB"])
        _ = try stage.controller.set(.maxQueueBytes, to: "1MiB", for: .seconds(60))
        let limit = MemoryLimit(name: "a limit", bytes: 256 << 20, room: 128 << 20)
        _ = stage.controller.bound(queueBytesBy: limit)
        stage.pass(61)
        #expect(stage.controller.settings.maxQueueBytes == limit.forCopies)
        #expect(stage.ended.count == 1 && !stage.ended[0].contains("stays"), "\(stage.ended)")
    }

    @Test("a destination that is allowed comes back")
    func destination() throws {
        let stage = try SettingsStage([
            "-u", "http://one/", "--allow-destination", "http://one", "--allow-destination", "http://two",
        ])
        _ = try stage.controller.set(.url, to: "http://two/", for: .seconds(60))
        #expect(throws: InvalidValue.self) { try stage.controller.set(.url, to: "http://three/") }
        stage.pass(61)
        #expect(stage.controller.settings.destination.url.text == "http://one/")
    }
}
