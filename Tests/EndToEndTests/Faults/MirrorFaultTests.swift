import Testing

extension EndToEnd {
    @Suite("Faults: the mirror")
    struct MirrorFaultTests {
        @Test("killed and restarted, it gets what is sent from then on")
        func restarts() throws {
            let port = try Ports.free()
            let mirror = try RecordingMirror(port: port)
            let stage = try FaultStage(mirrorURL: "http://127.0.0.1:\(port)/", in: try TemporaryDirectory())
            var successor: RecordingMirror?
            let counters = try stage.withTraffic { traffic in
                try stage.more(of: "responses_2xx")
                mirror.stop()
                try stage.more(of: "failed_connect")
                try stage.moreTraffic(traffic)
                successor = try RecordingMirror(port: port)
                try stage.more(of: "responses_2xx")
            }
            let arrived = mirror.requests.count + (successor?.requests.count ?? 0)
            #expect(counters["responses_2xx"] <= arrived)
            #expect(counters["failed_connect"] > 0)
        }

        @Test("a TLS handshake that stalls is given up")
        func stalledHandshake() throws {
            let silent = try StubbornServer(says: [])
            let stage = try FaultStage(
                mirrorURL: "https://127.0.0.1:\(silent.port)/",
                ["--connect-timeout", "4s", "--max-queue-age", "5s"], in: try TemporaryDirectory())
            let counters = try stage.withTraffic { _ in try stage.more(of: "failed_connect") }
            // Setting up TLS is no call that lasts too long.
            #expect(counters["mirror_cut_offs"] == 0)
            // A connection without its TLS has not come about.
            #expect(counters["completed"] == counters["failed_connect"])
            #expect(counters["responses_2xx"] == 0)
        }

        @Test("an answer that never ends is left in time")
        func endlessAnswer() throws {
            let endless = try StubbornServer(
                says: Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".utf8),
                again: Array("1\r\na\r\n".utf8))
            let stage = try FaultStage(
                mirrorURL: "http://127.0.0.1:\(endless.port)/",
                ["--timeout", "4s", "--max-in-flight", "8", "--max-queue-age", "5s"],
                in: try TemporaryDirectory())
            let counters = try stage.withTraffic { _ in try stage.more(of: "failed_timeout") }
            #expect(counters["responses_2xx"] == 0)
        }

        @Test(
            "black-holed, it costs copies and nothing else; once packets arrive again, so do copies",
            .enabled(
                if: skipsNothing || NetworkNamespace.isPossible,
                "SKIPPED: a network namespace can only be made by root")
        )
        func blackHole() throws {
            let network = try NetworkNamespace()
            try network.addBlackHole()
            try network.ip("addr add 10.9.9.1/32 dev lo")
            let mirror = try network.run { try RecordingMirror(at: "10.9.9.1", port: 8080) }
            let stage = try FaultStage(
                mirrorURL: "http://10.9.9.1:8080/",
                ["--timeout", "4s", "--connect-timeout", "4s", "--max-queue-age", "5s"],
                launcher: try network.launcher(), in: try TemporaryDirectory())
            let counters = try stage.withTraffic { traffic in
                try stage.more(of: "responses_2xx")
                try network.ip("addr del 10.9.9.1/32 dev lo")
                try stage.more(of: "dropped_expired")
                try stage.moreTraffic(traffic)
                try network.ip("addr add 10.9.9.1/32 dev lo")
                try stage.more(of: "responses_2xx")
            }
            #expect(counters["failed_timeout"] + counters["failed_connect"] > 0)
            withExtendedLifetime(mirror) {}
        }

        @Test("a mirror that is not there costs copies, not requests")
        func noMirror() throws {
            let scenario = try Scenario(.debian)
            scenario.mirror.stop()
            var client = try scenario.client()
            for number in 0..<100 {
                #expect(try client.exchange(Request(target: "/lost/\(number)")).status == 200)
            }
            try expectAcknowledged(100, in: scenario)
            #expect(try scenario.agent.terminate() == .status(0))
            let summary = try #require(scenario.agent.summary)
            #expect(summary["received"] == 100, "\(summary)")
            #expect(summary["completed"] + summary["dropped"] == 100, "\(summary)")
            #expect(summary["failed"] == summary["completed"], "\(summary)")
        }

        @Test("failures that repeat are one line, and one more per interval with their number")
        func repeatedFailures() throws {
            let scenario = try Scenario(
                .debian, agentArguments: ["-n", "1", "-i", "10m", "--max-queue-age", "1m"])
            scenario.mirror.stop()
            var client = try scenario.client()
            for number in 0..<50 { _ = try client.exchange(Request(target: "/lost/\(number)")) }
            #expect(try scenario.agent.terminate() == .status(0))
            let failed = try #require(scenario.agent.summary)["failed"]
            let lines = scenario.agent.log.split(separator: "\n").filter {
                $0.contains("mirror: connect failed: ")
            }
            #expect(failed > 1 && lines.count == 2, "\(failed) \(lines)")
            #expect(
                lines.last?.contains(" connect failed: \(failed - 1) more ") == true, "\(failed) \(lines)")
        }
    }
}
