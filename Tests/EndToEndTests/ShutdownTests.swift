import Foundation
import Testing

extension EndToEnd {
    @Suite("The agent's end")
    struct ShutdownTests {
        @Test("copies under way are given time")
        func finishesCopies() throws {
            let scenario = try Scenario(.debian, mirror: { _ in .after(1, .ok) })
            for number in 0..<10 { try scenario.send(Request(target: "/slow/\(number)")) }
            try expectAcknowledged(10, in: scenario)
            try expectMirroredOnce(10, in: scenario)
        }

        @Test("but not for ever, and are accounted for", arguments: ["0", "300ms"])
        func givesUp(drainTimeout: String) throws {
            let scenario = try Scenario(
                .debian, agentArguments: ["--drain-timeout", drainTimeout], mirror: { _ in .hang })
            for number in 0..<10 { try scenario.send(Request(target: "/hang/\(number)")) }
            try eventually("the copies are under way", evidence: scenario.evidence) {
                scenario.mirror.requests.count == 10
            }
            #expect(try scenario.agent.terminate() == .status(0))
            let summary = try #require(scenario.agent.summary)
            #expect(summary["received"] == 10, "\(summary)")
            #expect(summary["completed"] == 0 && summary["dropped"] == 10, "\(summary)")
            let lines = scenario.agent.log.split(separator: "\n").filter { $0.contains("shutdown") }
            #expect(lines.count == 1 && lines[0].contains(" 10 copies "), "\(lines)")
            #expect(summary["queued"] == 0 && summary["in_flight"] == 0, "\(summary)")
        }

        @Test("peers are told", arguments: [SIGTERM, SIGINT])
        func tellsPeers(signal: Int32) throws {
            let directory = try TemporaryDirectory()
            let agent = try AgentProcess(.loopback(try Ports.free()), [], in: directory)
            let peer = try Socket.connect(to: agent.endpoint)
            try peer.write(SPOPFrame.hello().bytes)
            let greeting = try SPOPFrame.all(in: peer.read())
            #expect(greeting.map(\.type) == [SPOPFrame.agentHello])

            agent.send(signal: signal)
            let farewell = try SPOPFrame.all(in: peer.readToEnd())
            #expect(farewell.map(\.type) == [SPOPFrame.agentDisconnect])
            #expect(try farewell.first?.items()["status-code"] == "0")
            #expect(try agent.wait() == .status(0))
        }
    }
}
