import Foundation
import Testing

@testable import Agent

@Suite("Request log")
struct RequestLogTests {
    private let path = NSTemporaryDirectory() + "spoa-requests-\(UUID().uuidString)"

    @Test("a rate bounds the lines of a second, and what comes at once")
    func rate() throws {
        let log = Loggers(try LogFile(.init(path: "/dev/null", mode: .append))).requests
        func taken(_ count: Int, upTo rate: Int?, at now: Double) -> Int {
            (0..<count).count { _ in log.takes(.responses2xx, upTo: rate, now: now) }
        }
        #expect(taken(5000, upTo: nil, at: 1) == 5000, "as many as there are")
        #expect(taken(50_000, upTo: 1000, at: 1) == 100)
        #expect(taken(50_000, upTo: 1000, at: 1.05) == 50)
        #expect(taken(50_000, upTo: 1000, at: 1.049) == 0, "another worker's clock")
        #expect(taken(50_000, upTo: 1000, at: 10) == 100, "a rest saves up no more than that")
        #expect(taken(50, upTo: 10, at: 20) == 10, "a low rate may come at once")
        #expect(taken(50, upTo: 10, at: 20.5) == 5)
        let flood = (0..<1000).reduce(0) { $0 + taken(50, upTo: 1000, at: 30 + Double($1) / 1000) }
        #expect((1000...1100).contains(flood), "\(flood)")
    }

    @Test("a flood of one end hides no other: the first of each in a second has its line")
    func otherEnds() throws {
        let log = Loggers(try LogFile(.init(path: "/dev/null", mode: .append))).requests
        for _ in 0..<1000 { _ = log.takes(.droppedQueueFull, upTo: 100, now: 5) }
        #expect(log.takes(.responses2xx, upTo: 100, now: 5))
        #expect(!log.takes(.responses2xx, upTo: 100, now: 5))
        #expect(log.takes(.failedReset, upTo: 100, now: 5))
        #expect(!log.takes(.droppedQueueFull, upTo: 100, now: 5))
        // The flood takes all that comes to be free.
        for _ in 0..<1000 { _ = log.takes(.droppedQueueFull, upTo: 100, now: 6) }
        #expect(log.takes(.responses2xx, upTo: 100, now: 6))
    }

    @Test("what is left out is said, once, whatever the level is")
    func sumUp() throws {
        defer { unlink(path) }
        let file = try LogFile(.init(path: path, mode: .appendLines))
        file.level = .critical
        let log = Loggers(file).requests
        log.sumUp()
        for _ in 0..<5 where log.takes(.responses2xx, upTo: 2, now: 0) { log.write("line") }
        log.sumUp()
        log.sumUp()
        file.flush()
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        #expect(
            lines.map { $0.drop { $0 != " " } } == [
                " info line", " info line", " notice request log: 3 lines left out (request-log-rate)",
            ])
    }

    @Test("several workers share one rate")
    func workers() async throws {
        let log = Loggers(try LogFile(.init(path: "/dev/null", mode: .append))).requests
        let taken = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    (0..<10_000).count { log.takes(.skippedPaused, upTo: 1000, now: Double($0) / 10_000) }
                }
            }
            return await group.reduce(0, +)
        }
        #expect((1000...1100).contains(taken), "\(taken)")
    }
}
