import Foundation
import Testing

extension EndToEnd {
    @Suite(
        "Faults: DNS",
        .enabled(
            if: skipsNothing || NetworkNamespace.isPossible,
            "SKIPPED: a network namespace can only be made by root"))
    struct NameFaultTests {
        private struct Place {
            let network: NetworkNamespace
            let names: NameServer
            let stage: FaultStage

            init(
                _ behaviour: NameServer.Behaviour, httpVersion: String,
                mirrorURL: String = "http://mirror.example.test:8080/"
            ) throws {
                let directory = try TemporaryDirectory()
                network = try NetworkNamespace()
                names = try NameServer(behaviour, in: network)
                let resolver = try directory.write(
                    "nameserver 127.0.0.1\noptions timeout:4 attempts:1\n", to: "resolv.conf")
                stage = try FaultStage(
                    mirrorURL: mirrorURL,
                    [
                        "--connect-timeout", "4s", "--timeout", "5s", "--max-queue-age", "5s",
                        "--http-version", httpVersion,
                    ],
                    launcher: try network.launcher(resolver: resolver), in: directory)
            }

            /// What the agent has open, and how many threads.
            func usage() throws -> (descriptors: Int, threads: Int) {
                func count(_ folder: String) throws -> Int {
                    try FileManager.default.contentsOfDirectory(atPath: "/proc/\(stage.agent.pid)/\(folder)")
                        .count
                }
                return (try count("fd"), try count("task"))
            }
        }

        /// In clear text all is HTTP/1.1: by connections of our own, and by libcurl's.
        private static let httpVersions = ["1.1", "2"]

        @Test("names that fail, then resolve", arguments: httpVersions)
        func fails(_ httpVersion: String) throws {
            let place = try Place(.fail, httpVersion: httpVersion)
            let mirror = try place.network.run { try RecordingMirror(port: 8080) }
            let counters = try place.stage.withTraffic { _ in
                try place.stage.more(of: "failed_dns")
                place.names.become(.answer("127.0.0.1"))
                try place.stage.more(of: "responses_2xx")
            }
            #expect(counters["responses_2xx"] == mirror.requests.count)
        }

        @Test("a name server that does not answer holds up no ACK", arguments: httpVersions)
        func hangs(_ httpVersion: String) throws {
            let place = try Place(.silence, httpVersion: httpVersion)
            let mirror = try place.network.run { try RecordingMirror(port: 8080) }
            let counters = try place.stage.withTraffic { traffic in
                try eventually("it is asked") { place.names.questions > 0 }
                try place.stage.more(of: "failed_dns")
                try place.stage.moreTraffic(traffic)
                place.names.become(.answer("127.0.0.1"))
                try place.stage.more(of: "responses_2xx")
            }
            #expect(counters["responses_2xx"] == mirror.requests.count)
        }

        @Test(
            "an address that changes is followed: at once when the old one is gone, else within the life of a connection",
            arguments: httpVersions)
        func changes(_ httpVersion: String) throws {
            let place = try Place(.answer("127.0.0.2"), httpVersion: httpVersion)
            let old = try place.network.run { try RecordingMirror(at: "127.0.0.2", port: 8080) }
            let new = try place.network.run { try RecordingMirror(at: "127.0.0.3", port: 8080) }
            try place.stage.withTraffic { _ in
                try place.stage.more(of: "responses_2xx")
                place.names.become(.answer("127.0.0.3"))
                if !isFullLength { old.stop() }
                try eventually("the new one gets copies", within: 120) { !new.requests.isEmpty }
            }
            #expect(!old.requests.isEmpty)
        }

        @Test(
            "a name is asked for once by all workers, however it is spelled",
            arguments: ["mirror.example.test", "Mirror.Example.Test."], httpVersions)
        func once(_ name: String, _ httpVersion: String) throws {
            let start = Date()
            let place = try Place(
                .answer("127.0.0.1"), httpVersion: httpVersion, mirrorURL: "http://\(name):8080/")
            let mirror = try place.network.run { try RecordingMirror(port: 8080) }
            let counters = try place.stage.withTraffic { _ in try place.stage.more(of: "responses_2xx") }
            #expect(counters["responses_2xx"] == counters["received"])
            #expect(counters["responses_2xx"] == mirror.requests.count)
            // For an address of each family, and for those again every 10 s.
            let lookUps = 1 + Int(Date().timeIntervalSince(start) / 10)
            #expect(2...2 * lookUps ~= place.names.questions)
        }

        @Test(
            "200 mirrors one after the other whose names hang take few threads and descriptors, and the last is found",
            arguments: httpVersions)
        func manyHang(_ httpVersion: String) throws {
            let place = try Place(.silence, httpVersion: httpVersion)
            let mirror = try place.network.run { try RecordingMirror(port: 8080) }
            let before = try place.usage()
            try place.stage.withTraffic { traffic in
                for number in 1...200 {
                    _ = try place.stage.ask("set url http://mirror\(number).example.test:8080/")
                    try place.stage.moreTraffic(traffic, requests: 5)
                    let usage = try place.usage()
                    #expect(usage.threads <= before.threads + 8)
                    #expect(usage.descriptors <= before.descriptors + 64)
                }
                place.names.become(.answer("127.0.0.1"))
                try place.stage.more(of: "responses_2xx")
            }
            #expect(!mirror.requests.isEmpty)
        }
    }
}
