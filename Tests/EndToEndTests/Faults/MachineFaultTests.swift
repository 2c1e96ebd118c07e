import Foundation
import Testing

extension EndToEnd {
    @Suite("Faults: the machine")
    struct MachineFaultTests {
        private func stage(
            _ arguments: [String] = [], environment: [String: String] = [:], launcher: [String] = [],
            in directory: TemporaryDirectory, _ mirror: RecordingMirror
        ) throws -> FaultStage {
            try FaultStage(
                mirrorURL: "http://127.0.0.1:\(mirror.port)/", arguments, environment: environment,
                launcher: launcher, in: directory)
        }

        @Test("a disk that is full takes no log line, and stops nothing")
        func logDiskFull() throws {
            let mirror = try RecordingMirror()
            let stage = try stage(
                ["-l", "A:/dev/full", "--request-log", "on"], in: try TemporaryDirectory(), mirror)
            let before = try stage.processorTime()
            let counters = try stage.withTraffic { traffic in try stage.moreTraffic(traffic, requests: 500) }
            #expect(counters["responses_2xx"] == counters["received"])
            // A loop that tried again and again would use all of a processor.
            #expect(try stage.processorTime() - before < (isSanitized ? 20 : 4))
        }

        @Test(
            "a state file that does not fit is refused with its reason, and the old one stays",
            .enabled(if: NetworkNamespace.isPossible, "SKIPPED: a file system can only be mounted by root"))
        func stateDiskFull() throws {
            let mirror = try RecordingMirror()
            let directory = try TemporaryDirectory()
            let disk = try SmallDisk(at: directory.file("disk"))
            let file = "\(disk.path)/state"
            let stage = try stage(["--state-file", file], in: directory, mirror)
            try stage.withTraffic { _ in
                #expect(try stage.ask("set timeout 7s; save state").contains("State saved"))
                let saved = contents(of: file)
                try disk.fill()
                let answer = try stage.ask("set timeout 8s; save state")
                #expect(answer.contains("Cannot write state file"), "\(answer)")
                #expect(answer.contains("No space left on device"), "\(answer)")
                #expect(contents(of: file) == saved)
                #expect(saved.contains("set timeout 7s"))
            }
        }

        @Test("out of descriptors: those who are connected are served, nobody spins, and it passes")
        func outOfDescriptors() throws {
            let mirror = try RecordingMirror()
            let stage = try stage(
                ["--max-in-flight", "4"], launcher: [try Executables.find("prlimit"), "--nofile=64:64"],
                in: try TemporaryDirectory(), mirror)
            let counters = try stage.withTraffic { traffic in
                // More than it can accept; the rest wait in the kernel's queue.
                let crowd = try (0..<100).map { _ in try Socket.connect(to: stage.agent.endpoint) }
                try eventually("it has as many as it can", evidence: { stage.agent.log }) {
                    stage.agent.log.contains("Too many open files")
                }
                let before = try stage.processorTime()
                try stage.moreTraffic(traffic, requests: 500)
                Thread.sleep(forTimeInterval: 1)
                #expect(try stage.processorTime() - before < (isSanitized ? 20 : 2))
                for peer in crowd { peer.disconnect() }
                try stage.more(of: "responses_2xx")
            }
            #expect(counters["responses_2xx"] > 0)
        }

        @Test("stopped and continued, it goes on", arguments: [isFullLength ? 10.0 : 2.0])
        func stopped(seconds: Double) throws {
            let mirror = try RecordingMirror()
            let stage = try stage(in: try TemporaryDirectory(), mirror)
            try stage.withTraffic { traffic in
                try stage.more(of: "responses_2xx")
                stage.agent.send(signal: SIGSTOP)
                let before = traffic.requests
                Thread.sleep(forTimeInterval: seconds)
                stage.agent.send(signal: SIGCONT)
                // HAProxy waits for its ACK no longer than it was told to.
                try eventually("production went on") { traffic.requests > before }
                try stage.more(of: "responses_2xx")
            }
        }

        @Test("an admin flood slows no request down to an error, and the account stays right")
        func adminFlood() throws {
            let mirror = try RecordingMirror()
            let stage = try stage(in: try TemporaryDirectory(), mirror)
            let path = stage.adminSocket
            let counters = try stage.withTraffic { traffic in
                let before = traffic.requests
                let answers = try concurrently(20) { client in
                    var answers = 0
                    for round in 0..<50 {
                        guard let socket = try? Socket.connect(to: .unix(path)) else { continue }
                        let line =
                            (client + round) % 5 == 0
                            ? String(repeating: "\\x;", count: 5_000)
                            : "show stat json; show settings; set x y"
                        try? socket.write("\(line)\n")
                        socket.endWriting()
                        // What is not read is the agent's to get rid of.
                        if round % 3 > 0, let answer = try? socket.readToEnd(), !answer.isEmpty {
                            answers += 1
                        }
                    }
                    return answers
                }
                #expect(answers.reduce(0, +) > 0)
                #expect(traffic.requests > before)
            }
            #expect(counters["responses_2xx"] == counters["received"])
            #expect(counters["admin_errors"] > 0)
        }
    }
}

/// A file system of 64 KB in memory; gone with its owner.
private final class SmallDisk {
    let path: String

    init(at path: String) throws {
        self.path = path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        guard mount("tmpfs", path, "tmpfs", 0, "size=64k") == 0 else {
            throw HarnessError("mount: errno \(errno)")
        }
    }

    deinit { umount(path) }

    /// Writes until nothing more goes.
    func fill() throws {
        let number = open("\(path)/ballast", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        defer { close(number) }
        let block = [UInt8](repeating: 1, count: 4096)
        while write(number, block, block.count) > 0 {}
    }
}
