import Foundation
import Testing

extension EndToEnd.DestinationsTests {
    /// In HTTP/2 the mirrors understand nothing, and each copy fails.
    @Test(
        "hundreds that come and go under traffic leave the books exact",
        arguments: [["-n", "2"], ["-n", "2", "--http-version", "2-prior-knowledge", "--breaker", "off"]])
    func comeAndGo(options: [String]) throws {
        let stage = try DestinationsStage(options)
        let third = try RecordingMirror()
        let (endpoint, socket) = (stage.agent.endpoint, stage.agent.adminSocket)
        let lines =
            (0..<5).map { "add destination x\($0) http://127.0.0.1:\(third.port)/" }
            + ["pause x0 1h", "set x1 sample-rate 50%"] + (0..<5).map { "delete destination x\($0)" }
        _ = try concurrently(3) { thread in
            if thread == 0 {
                for _ in 0..<30 { for line in lines { _ = try AdminClient.ask(line, at: socket) } }
                return
            }
            let client = try SPOPClient(endpoint)
            for number in 0..<1_500 { try client.notify(.init(target: "/\(number)")) }
        }
        let books = try stage.settle(3_000)
        let isBalanced = books.values.allSatisfy(\.isBalanced)
        #expect(isBalanced && Set(books.keys) == ["default", "ids"])
        for (name, mirror) in [("default", stage.first), ("ids", stage.second)] {
            let figures = try #require(books[name])
            #expect(figures["received"] == 3_000 && figures["dropped"] == 0, "\(figures.values)")
            #expect(!options.contains("2-prior-knowledge") || figures["failed"] == 3_000)
            #expect(options.contains("2-prior-knowledge") || mirror.requests.count == 3_000)
        }
        let counters = try stage.agent.counters()
        #expect(counters["received"] == 3_000 && counters.isBalanced)
        #expect(try stage.agent.process.terminate() == .status(0))
    }
}
