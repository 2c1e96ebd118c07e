import Foundation
import Testing

extension EndToEnd {
    @Suite("Command line: lifetime")
    struct LifetimeTests {
        @Test("--runtime ends the agent by itself")
        func runtime() throws {
            let directory = try TemporaryDirectory()
            let agent = try AgentProcess(.loopback(try Ports.free()), ["-r", "1s"], in: directory)
            #expect(try agent.wait() == .status(0))
        }

        @Test("SIGTERM and SIGINT stop it in order", arguments: [SIGTERM, SIGINT])
        func signals(signal: Int32) throws {
            let directory = try TemporaryDirectory()
            let agent = try AgentProcess(.loopback(try Ports.free()), [], in: directory)
            agent.send(signal: signal)
            let exit = try agent.wait()
            #expect(exit == .status(0))
            #expect((try? Socket.connect(to: agent.endpoint)) == nil)
            #expect(agent.summary != nil, "no last summary in \(agent.log)")
        }

        @Test("signals that mean something to other daemons end nothing", arguments: [SIGUSR1, SIGUSR2])
        func ignoredSignals(signal: Int32) throws {
            let agent = try AgentProcess(.loopback(try Ports.free()), [], in: try TemporaryDirectory())
            agent.send(signal: signal)
            try SPOPClient(agent.endpoint).notify(.init())
            #expect(try agent.terminate() == .status(0))
        }
    }
}
