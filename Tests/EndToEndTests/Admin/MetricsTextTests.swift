import Foundation
import Synchronization
import Testing

extension EndToEnd {
    /// The text of the metrics, over HTTP and by the client, into a file too.
    @Suite("Metrics text")
    struct MetricsTextTests {
        private let directory: TemporaryDirectory
        private let mirror: RecordingMirror
        private let agent: WatchedAgent
        private let metrics: Endpoint

        init() throws {
            mirror = try RecordingMirror()
            (agent, metrics) = try WatchedAgent.withMetrics(of: mirror)
            directory = agent.directory
            let client = try SPOPClient(agent.endpoint)
            for _ in 0..<10 { try client.notify(.init()) }
            _ = try agent.account(of: 10)
        }

        @Test("promtool finds nothing to say about it")
        func isClean() throws {
            let overHTTP = try HTTPExchange(metrics, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n").text
            let ofClient = try mirrorctl("metrics")
            #expect(ofClient.status == 0)
            for text in [overHTTP, ofClient.output] {
                #expect(text.contains("\nspoa_mirror_requests_received_total 10\n"))
                let file = try directory.write(text, to: "metrics.txt")
                #expect(try shell("promtool check metrics <'\(file)'") == "")
            }
        }

        @Test("a file is the old one or the new one, whenever it is read")
        func fileIsWhole() throws {
            let file = directory.file("spoa-mirror.prom")
            #expect(try mirrorctl("metrics", "-o", file).status == 0)
            let first = contents(of: file)
            let state = Mutex((isOver: false, halves: 0, reads: 0))
            let reader = DispatchGroup()
            reader.enter()
            onThread {
                while !state.withLock(\.isOver) {
                    let isWhole = Self.isWhole(contents(of: file))
                    state.withLock { $0 = ($0.isOver, $0.halves + (isWhole ? 0 : 1), $0.reads + 1) }
                }
                reader.leave()
            }
            defer {
                state.withLock { $0.isOver = true }
                reader.wait()
            }
            for _ in 0..<20 { #expect(try mirrorctl("metrics", "-o", file).status == 0) }
            try eventually("it was read") { state.withLock { $0.reads > 20 } }
            #expect(state.withLock(\.halves) == 0)
            #expect(Self.isWhole(first))
            #expect(contents(of: file) != first, "the counter of admin commands has risen")
            let names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
            #expect(names.filter { $0.hasPrefix("spoa-mirror.prom") } == ["spoa-mirror.prom"])
        }

        @Test("a file can be read by the collector, a user of its own")
        func fileIsReadable() throws {
            let file = directory.file("spoa-mirror.prom")
            let program = try Executables.mirrorctl()
            #expect(
                try shell("umask 022; '\(program)' -s '\(agent.adminSocket)' metrics -o '\(file)'") == "")
            let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
            #expect(mode == 0o644)
        }

        @Test("a file that cannot be written is a failure, and leaves nothing behind")
        func fileFails() throws {
            // A directory in the way of the new name: the file beside it can be written and must go again.
            let blocked = directory.file("blocked.prom")
            try FileManager.default.createDirectory(
                atPath: "\(blocked)/x", withIntermediateDirectories: true)
            for file in [directory.file("no/such/file"), blocked] {
                let run = try mirrorctl("metrics", "-o", file)
                #expect(run.status == 73)
                #expect(run.output == "")
                #expect(run.errors.hasPrefix("mirrorctl: cannot write \(file): "), "\(run.errors)")
            }
            let names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
            #expect(names.filter { $0.hasPrefix("blocked") || $0.hasSuffix(".new") } == ["blocked.prom"])
        }

        private static func isWhole(_ text: String) -> Bool {
            text.hasPrefix("# HELP spoa_mirror_build_info ") && text.hasSuffix("\n")
                && text.split(separator: "\n").last?.hasPrefix("process_start_time_seconds ") == true
        }

        private func mirrorctl(_ arguments: String...) throws -> MirrorctlRun {
            try MirrorctlRun(arguments, socket: agent.adminSocket)
        }

        /// Runs a line of shell; returns what it printed on either output, or throws if it fails.
        private func shell(_ line: String) throws -> String {
            let process = try ChildProcess(
                "/bin/sh", ["-c", line], outputFile: directory.file("sh.out"),
                errorFile: directory.file("sh.out"))
            guard try process.wait() == .status(0) else { throw HarnessError("\(line): \(process.output)") }
            return process.output
        }
    }
}
