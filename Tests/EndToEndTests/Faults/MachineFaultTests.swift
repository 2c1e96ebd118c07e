import Foundation
import Testing

extension EndToEnd {
    @Suite("Faults: the machine")
    struct MachineFaultTests {
        private func stage(
            _ arguments: [String] = [], in directory: TemporaryDirectory, _ mirror: RecordingMirror
        ) throws -> FaultStage {
            try FaultStage(mirrorURL: "http://127.0.0.1:\(mirror.port)/", arguments, in: directory)
        }

        @Test("a disk that is full takes no log line, and stops nothing", arguments: ["on", "all"])
        func logDiskFull(mode: String) throws {
            let mirror = try RecordingMirror()
            let stage = try stage(
                ["-l", "A:/dev/full", "--request-log", mode], in: try TemporaryDirectory(), mirror)
            let before = try stage.processorTime()
            let counters = try stage.withTraffic { traffic in try stage.moreTraffic(traffic, requests: 500) }
            #expect(counters["responses_2xx"] == counters["received"])
            // A loop that tried again and again would use all of a processor.
            #expect(try stage.processorTime() - before < (isSanitized ? 20 : 4))
        }

        @Test(
            "a state file that does not fit is refused with its reason, and the old one stays",
            .enabled(
                if: skipsNothing || NetworkNamespace.isPossible,
                "SKIPPED: a file system can only be mounted by root"))
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

        @Test("no timer to be had: it says so, and mirrors")
        func noTimer() throws {
            let mirror = try RecordingMirror()
            let stage = try FaultStage(
                mirrorURL: "http://127.0.0.1:\(mirror.port)/",
                launcher: [try Executables.find("prlimit"), "--sigpending=0"], in: try TemporaryDirectory())
            try stage.withTraffic { _ in try stage.more(of: "responses_2xx") }
            #expect(stage.agent.log.contains("warning no timer for calls into libcurl"))
        }

        @Test("out of descriptors: those who are connected are served, nobody spins, and it passes")
        func outOfDescriptors() throws {
            let mirror = try RecordingMirror()
            // HAProxy's checks could not connect either, and would take the agent out.
            let stage = try FaultStage(
                mirrorURL: "http://127.0.0.1:\(mirror.port)/", ["--max-in-flight", "4"],
                launcher: [try Executables.find("prlimit"), "--nofile=64:64"], checksHealth: false,
                in: try TemporaryDirectory())
            // Connected before the crowd is: they could not be later.
            let visitor = try InteractiveClient(at: stage.adminSocket)
            try stage.withTraffic { _ in }
            _ = try visitor.counters()
            // More than it can accept; the rest wait in the kernel's queue.
            let crowd = try (0..<100).map { _ in try Socket.connect(to: stage.agent.endpoint) }
            try eventually("it has as many as it can", evidence: { stage.agent.log }) {
                stage.agent.log.contains("Too many open files")
            }
            let before = try stage.processorTime()
            // An acceptor that tried again and again would get about as much.
            for _ in 0..<3 {
                // A visitor who is silent for ten seconds is dropped, and a machine may be slow.
                _ = try visitor.counters()
                useProcessor(seconds: 1)
            }
            #expect(try stage.processorTime() - before < (isSanitized ? 2 : 1))
            let counters = try stage.withTraffic { traffic in
                let before = try visitor.counters()["acks"]
                try stage.moreTraffic(traffic, requests: 500)
                // Those who ask in this moment are not counted yet.
                #expect(try visitor.counters()["acks"] >= before + 490)
                for peer in crowd { peer.disconnect() }
                try stage.more(of: "responses_2xx")
            }
            #expect(counters["responses_2xx"] > 500)
        }

        @Test("stopped and continued, it goes on", arguments: [isFullLength ? 10.0 : 2.0])
        func stopped(seconds: Double) throws {
            let mirror = try RecordingMirror()
            let stage = try stage(in: try TemporaryDirectory(), mirror)
            // Nobody can answer while they are stopped: that HAProxy waits in vain is what this is about.
            try stage.withTraffic(acknowledgesLate: true) { traffic in
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
                // Two of three are read: nearly all of them must have had their answer.
                #expect(answers.reduce(0, +) > 600)
                #expect(traffic.requests > before)
            }
            #expect(counters["responses_2xx"] == counters["received"])
            #expect(counters["admin_errors"] > 0)
        }
    }
}

/// Uses so many seconds of processor time: whoever else would use all there is gets about as much meanwhile, however busy
/// the machine is.
private func useProcessor(seconds: Int) {
    func used() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }
    let end = used() + seconds * 1000
    while used() < end {}
}

/// An operator who keeps the connection to an admin socket.
private struct InteractiveClient {
    private let socket: Socket

    init(at path: String) throws {
        socket = try Socket.connect(to: .unix(path))
        _ = try answer(to: "prompt")
    }

    func counters() throws -> AgentCounters { AgentCounters(answer: try answer(to: "show stat")) }

    private func answer(to line: String) throws -> String {
        try socket.write("\(line)\n")
        var answer = ""
        while !answer.hasSuffix("> ") {
            let more = try socket.read()
            guard !more.isEmpty else { throw HarnessError("the admin socket was closed") }
            answer += String(decoding: more, as: UTF8.self)
        }
        return answer
    }
}
