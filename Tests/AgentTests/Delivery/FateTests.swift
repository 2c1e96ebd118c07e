import Foundation
import Stats
import System
import Testing

@testable import Agent

/// Every way in which a request can end has its line: those that are counted are walked over, so that none that is new is forgotten.
@Suite("What the request log says of each end")
struct FateTests {
    private let path = NSTemporaryDirectory() + "spoa-fates-\(UUID().uuidString)"
    private let file: LogFile
    private let stage: DeliveryStage

    private static let outcomes: [Outcome] =
        [101, 200, 302, 404, 500].map { .response($0) }
        + [FailureReason.dns, .connect, .tls, .timeout, .reset, .other].map { .failed($0) }

    private static let refusals: [Refusal] = [
        .paused, .sampled, .rate, .method, .noDestination, .loop, .breaker, .queueFull, .expired, .tooLarge,
        .truncated(.bufferFull), .malformed(.missing), .flushed, .shutdown,
    ]

    init() throws {
        file = try LogFile(.init(path: path, mode: .appendLines))
        stage = try DeliveryStage(log: file)
    }

    private func settings(_ mode: RequestLogMode, rate: Int? = nil) -> Settings {
        var settings = Settings()
        (settings.requestLog, settings.requestLogRate) = (mode, rate)
        return settings
    }

    /// Lines of the request log since the last call, without their time.
    private func lines() throws -> [String] {
        file.flush()
        defer { truncate(path, 0) }
        return try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").compactMap { line in
            line.range(of: " info ").map { String(line[$0.upperBound...]) }
        }
    }

    @Test("every counter of an end has its line with all, and none with off")
    func everyEnd() throws {
        defer { unlink(path) }
        #expect(
            Set(Self.outcomes.map(\.counter)) == Set(Counter.responses + Counter.failed), "walk over it here")
        #expect(
            Set(Self.refusals.map(\.counter)) == Set(Counter.skipped + Counter.dropped), "walk over it here")
        for mode in RequestLogMode.allCases {
            stage.reporter.apply(settings(mode))
            stage.reporter.beginRound()
            for outcome in Self.outcomes {
                let outbox = stage.outbox
                outbox.append(stage.copy())
                // Later, because after a failure the next one would wait.
                let now = MonotonicClock.now + 60
                #expect(outbox.startFirst(on: stage.transport, upTo: 1, now: now))
                stage.transport.endAll(outcome)
                let word = if case .failed = outcome { outcome.counter.name } else { "ok" }
                let expected = mode == .off ? 0 : 1
                let lines = try lines()
                #expect(lines.count == expected && lines.allSatisfy { $0.hasSuffix(" \(word)") }, "\(lines)")
            }
            for reason in Self.refusals {
                stage.reporter.dropped(stage.copy(), reason, now: 0)
                let expected = mode == .all || (mode != .off && reason.isOfCopy) ? 1 : 0
                let lines = try lines()
                #expect(
                    lines.count == expected
                        && lines.allSatisfy { $0.hasSuffix(" \(reason.counter.name): \(reason.detail)") },
                    "\(mode) \(reason) \(lines)")
                #expect(!reason.detail.isEmpty)
            }
        }
    }

    @Test("copies that leave the queue, or are given up, or never begin, have their line")
    func queue() throws {
        defer { unlink(path) }
        stage.reporter.apply(settings(.all))
        stage.transport.isFull = true
        try stage.enqueue(1)
        stage.pass()
        #expect(try lines().map { $0.hasSuffix("failed_other: no memory for a transfer") } == [true])
        stage.transport.isFull = false
        try stage.enqueue(1)
        stage.pass()
        try stage.enqueue(2)
        #expect(stage.delivery.abandon() == 3)
        let given = try lines()
        #expect(
            given.count == 3 && given.allSatisfy { $0.hasSuffix("dropped_shutdown: the agent stopped first") }
        )
        stage.reporter.apply(settings(.off))
        try stage.enqueue(2)
        #expect(stage.delivery.abandon() == 2)
        #expect(try lines().isEmpty)
    }

    @Test("a line has HAProxy's names of the request only with all")
    func names() throws {
        defer { unlink(path) }
        let copy = UnsentCopy(
            streamID: 7, uniqueID: Array("A\n".utf8), method: Array("GET".utf8), target: Array("/x?q".utf8),
            url: try MirrorURL("http://h/"))
        stage.reporter.apply(settings(.all))
        stage.reporter.tell(.line, of: copy, .paused, "why")
        stage.reporter.apply(settings(.query))
        stage.reporter.tell(.line, of: copy, .paused, "why")
        #expect(
            try lines() == [
                #"request GET http://h/x - - id=- sid=7 uid=A\x0a up=0 down=0 ms=0.0 skipped_paused: why"#,
                "request GET http://h/x?q - - id=- up=0 down=0 ms=0.0 skipped_paused: why",
            ])
        let rendered = try PayloadBuilder.request(
            PayloadBuilder(id: "host-1/2").bytes, to: MirrorURL("http://h/"))
        #expect(String(decoding: rendered.uniqueID(limit: 128), as: UTF8.self) == "host-1/2")
        #expect(rendered.uniqueID(limit: 4) == Array("host".utf8))
        let own = PayloadBuilder(headers: [("x-request-id", "secret")], id: "host-1/2")
        #expect(try PayloadBuilder.request(own.bytes, to: MirrorURL("http://h/")).uniqueID(limit: 9) == [])
    }

    @Test("what nobody asked for is not told, and a flood of drops asks for examples some times a second")
    func flood() throws {
        defer { unlink(path) }
        stage.reporter.beginRound()
        let reporter = stage.reporter
        reporter.apply(settings(.off))
        #expect(reporter.telling(of: .paused, now: 1).isEmpty)
        let told = (0..<50_000).filter { _ in !reporter.telling(of: .queueFull, now: 1).isEmpty }
        #expect(told.count == ExampleBudget.perSecond)
        reporter.apply(settings(.all))
        let lines = (0..<50_000).filter { _ in reporter.telling(of: .queueFull, now: 1).contains(.line) }
        #expect(lines.count == 100)
        reporter.apply(settings(.on))
        #expect(reporter.telling(of: .tooLarge, now: 1) == [.event, .example, .line])
        #expect(reporter.telling(of: .tooLarge, isDecoded: false, now: 1) == .example)
        reporter.apply(settings(.all, rate: 1))
        #expect(!reporter.telling(of: .queueFull, now: 1.5).contains(.line), "a rate that was lowered holds")
    }
}
