import Foundation
import Testing

extension EndToEnd {
    @Suite("Command line: log files")
    struct LogFileTests {
        @Test("a log file that somebody made a pipe holds up nobody")
        func pipes() throws {
            let directory = try TemporaryDirectory()
            let log = directory.file("agent.log")
            let agent = try WatchedAgent(
                mirrorURL: "http://127.0.0.1:9/", ["-l", "A:\(log)"], in: directory)
            try FileManager.default.moveItem(atPath: log, toPath: "\(log).1")
            #expect(mkfifo(log, 0o600) == 0)
            agent.process.send(signal: SIGHUP)
            try eventually("the old log stays in use", evidence: { contents(of: "\(log).1") }) {
                contents(of: "\(log).1").contains("the old one stays in use")
            }
            #expect(try agent.process.terminate() == .status(0))
        }

        @Test("SIGHUP reopens a log file that was moved away")
        func reopensLog() throws {
            let directory = try TemporaryDirectory()
            let log = directory.file("agent.log")
            let agent = try AgentProcess(.loopback(try Ports.free()), ["-l", "A:\(log)"], in: directory)
            try eventually("something is logged") { !contents(of: log).isEmpty }

            try FileManager.default.moveItem(atPath: log, toPath: log + ".1")
            agent.send(signal: SIGHUP)
            try eventually("a new log file", evidence: { contents(of: log + ".1") }) {
                FileManager.default.fileExists(atPath: log)
            }
            let before = contents(of: log + ".1")
            #expect(try agent.terminate() == .status(0))
            #expect(!AgentSummary.all(in: contents(of: log)).isEmpty)
            #expect(contents(of: log + ".1") == before)
        }

        @Test("a log file is overwritten or added to as its mode says", arguments: ["a", "A", "w", "W", nil])
        func logModes(mode: String?) throws {
            let directory = try TemporaryDirectory()
            let log = try directory.write("the past\n", to: "agent.log")
            let agent = try AgentProcess(
                .loopback(try Ports.free()), ["--logfile=\(mode.map { "\($0):" } ?? "")\(log)"], in: directory
            )
            let exit = try agent.terminate()
            #expect(exit == .status(0))
            let text = contents(of: log)
            #expect(!AgentSummary.all(in: text).isEmpty, "\(text)")
            if let mode { #expect(text.hasPrefix("the past\n") == (mode.lowercased() == "a")) }
        }

        @Test("a log file that cannot be opened is one line and no start")
        func unwritableLog() throws {
            let run = try CommandLineRun(
                Endpoint.loopback(try Ports.free()).agentArguments + [
                    "-l", "a:/nonexistent/agent.log", "-r", "2m",
                ])
            #expect(run.refusedToStart, "\(run.exit) \(run.errors)")
        }
    }
}
