import Foundation
import Stats
import Testing

@testable import Agent

@Suite("The log of a breaker")
struct BreakerLogTests {
    private let path = NSTemporaryDirectory() + "spoa-breaker-\(UUID().uuidString)"

    private static func change(
        _ state: BreakerSnapshot.State, _ reason: BreakerSnapshot.Reason? = nil
    ) -> BreakerSnapshot {
        BreakerSnapshot(state: state, reason: reason, since: 0, changedAt: 0)
    }

    @Test("each change has its line, and one that flaps is summed up")
    func lines() throws {
        defer { unlink(path) }
        let file = try LogFile(.init(path: path, mode: .appendLines))
        var log = BreakerLog(Loggers(file).events)
        let url = try MirrorURL("http://h:8080/")
        func note(_ changes: [BreakerSnapshot], more: Int = 0, at now: Double) throws -> [Substring] {
            log.note(changes, more: more, url, BreakerSettings(), now: now)
            file.flush()
            defer { truncate(path, 0) }
            return try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map {
                $0.drop { $0 != " " }.dropFirst()
            }
        }
        let (open, half, closed) = (
            Self.change(.open, .unreachable), Self.change(.halfOpen, .unreachable), Self.change(.closed)
        )
        #expect(
            try note([open, half, closed], at: 1) == [
                """
                warning breaker open: http://h:8080/: no connection for longer than max-queue-age; requests are dropped, \
                and one copy at a time tries
                """,
                "notice breaker half-open: http://h:8080/: a copy got through; one at a time is sent",
                "notice breaker closed: http://h:8080/: the mirror takes copies again",
            ])
        #expect(
            try note([Self.change(.open, .failures)], at: 2)[0].contains(
                ": 50% or more of the copies came to no answer; "))
        #expect(try note(Array(repeating: half, count: 10), at: 3).count == 6)
        #expect(try note([closed, open], more: 2, at: 4).isEmpty)
        #expect(try note([], at: 60).isEmpty)
        let summed = try note([], at: 61)
        #expect(summed.count == 1 && summed[0].hasPrefix("warning breaker open: "), "the last one")
        #expect(summed[0].hasSuffix("; 7 changes before have no line"), "\(summed)")
        #expect(try note([], at: 200).isEmpty)
    }
}
