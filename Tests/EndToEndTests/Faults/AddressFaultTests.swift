import Foundation
import Testing

extension EndToEnd {
    @Suite(
        "Faults: addresses of a name",
        .enabled(
            if: skipsNothing || NetworkNamespace.isPossible && FileMount.isPossible,
            "SKIPPED: a network namespace, and files in the place of the system's, can only be made by root"))
    struct AddressFaultTests {
        /// A network in which 10.9.9.1 to 3, fd09::1 and fd09::2 say nothing, nobody listens at 10.8.8.2, and the mirror, if there
        /// is one, is at 10.8.8.1.
        private struct Place {
            let directory: TemporaryDirectory
            let network: NetworkNamespace
            let names: NameServer

            init(_ addresses: [String]) throws {
                directory = try TemporaryDirectory()
                network = try NetworkNamespace()
                try network.addBlackHole()
                for address in ["10.8.8.1/32", "10.8.8.2/32", "169.254.1.1/16"] {
                    try network.ip("addr add \(address) dev lo")
                }
                names = try NameServer(.addresses(addresses), in: network)
            }

            /// Where the resolver asks that name server, and has the addresses in this order: it would put the one that is the
            /// machine's own first (RFC 6724, section 6).
            func launcher(first: [String]) throws -> [String] {
                let resolver = try directory.write("nameserver 127.0.0.1\n", to: "resolv.conf")
                let ranks = first.enumerated().map { index, address in
                    let prefix = address.contains(":") ? "\(address)/128" : "::ffff:\(address)/128"
                    return "precedence \(prefix) \(100 - index)\n"
                }
                let order = try directory.write(ranks.joined() + "precedence ::/0 1\n", to: "gai.conf")
                return try FileMount.launcher(order, over: "/etc/gai.conf")
                    + network.launcher(resolver: resolver)
            }

            func mirror() throws -> RecordingMirror {
                try network.run { try RecordingMirror(at: "10.8.8.1", port: 8080) }
            }

            func agent(_ addresses: [String], _ arguments: [String], command: [String] = []) throws
                -> WatchedAgent
            {
                try WatchedAgent(
                    mirrorURL: "http://mirror.example.test:8080/",
                    ["--timeout", "1h", "--max-queue-age", "1h", "-n", "1"] + arguments,
                    launcher: launcher(first: addresses) + command, at: .unix(directory.file("agent.sock")),
                    in: directory)
            }
        }

        @Test(
            "one that works gets the copy, whatever is before it or behind it",
            arguments: [
                ["10.9.9.1", "10.8.8.1"], ["10.8.8.1", "10.9.9.1"], ["10.9.9.1", "10.9.9.2", "10.8.8.1"],
                ["fd09::1", "10.9.9.1", "10.8.8.1"], ["fd09::1", "fd09::2", "10.8.8.1"],
                ["10.8.8.2", "10.8.8.1"], ["10.8.8.2", "10.9.9.1", "10.8.8.1"],
                ["10.9.9.1", "10.8.8.2", "10.8.8.1"], ["10.9.9.1", "169.254.1.1", "10.8.8.1"],
                ["169.254.1.1", "10.8.8.2", "fd09::1", "10.8.8.1"],
            ])
        func oneWorks(_ addresses: [String]) throws {
            let place = try Place(addresses)
            let mirror = try place.mirror()
            let agent = try place.agent(addresses, ["--connect-timeout", "4s"])
            let client = try SPOPClient(agent.endpoint)
            for _ in 0..<3 { try client.notify(SPOPClient.Message(target: "/one")) }
            #expect(
                try agent.account(of: 3) == ["received": 3, "completed": 3, "responses_2xx": 3],
                "\(agent.process.log)")
            #expect(mirror.requests.count == 3)
            withExtendedLifetime(place) {}
        }

        @Test(
            "when none works, the copy fails when its time to connect is over",
            arguments: [
                ["10.9.9.1", "10.9.9.2", "10.9.9.3"], ["fd09::1", "10.9.9.1"], ["10.8.8.2", "169.254.1.1"],
                ["10.8.8.2", "10.9.9.1"],
            ])
        func noneWorks(_ addresses: [String]) throws {
            let place = try Place(addresses)
            let agent = try place.agent(addresses, ["--connect-timeout", "1s"])
            let client = try SPOPClient(agent.endpoint)
            for _ in 0..<3 { try client.notify(SPOPClient.Message()) }
            #expect(
                try agent.account(of: 3) == ["received": 3, "completed": 3, "failed_connect": 3],
                "\(agent.process.log)")
            withExtendedLifetime(place) {}
        }

        /// An agent that may have 96 open files gives the mirror 48 of them. A libcurl that closes sockets without telling would
        /// have it count them for ever.
        @Test("what is given up costs no descriptor")
        func descriptors() throws {
            let dead = ["10.9.9.1", "10.9.9.2"]
            let place = try Place(dead)
            let mirror = try place.mirror()
            let agent = try place.agent(
                dead + ["10.8.8.1"], ["--connect-timeout", "30ms"],
                command: [try Executables.find("prlimit"), "--nofile=96:96"])
            let client = try SPOPClient(agent.endpoint)
            func open() throws -> Int {
                try FileManager.default.contentsOfDirectory(atPath: "/proc/\(agent.process.pid)/fd").count
            }
            let before = try open()
            for _ in 0..<60 { try client.notify(SPOPClient.Message()) }
            #expect(
                try agent.account(of: 60) == ["received": 60, "completed": 60, "failed_connect": 60],
                "\(agent.process.log)")
            #expect(try open() <= before + 2)
            place.names.become(.answer("10.8.8.1"))
            // Names are asked for again every 10 s.
            var sent = 60
            try eventually("the mirror gets a copy", within: 60, evidence: { agent.process.log }) {
                try client.notify(SPOPClient.Message())
                sent += 1
                return try agent.account(of: sent)["responses_2xx"] ?? 0 > 0
            }
            #expect(!mirror.requests.isEmpty)
            withExtendedLifetime(place) {}
        }

        @Test("a dead address holds up no ACK, and costs no copy")
        func traffic() throws {
            let addresses = ["10.9.9.1", "10.8.8.1"]
            let place = try Place(addresses)
            let mirror = try place.mirror()
            let stage = try FaultStage(
                mirrorURL: "http://mirror.example.test:8080/",
                ["--connect-timeout", "4s", "--max-queue-age", "1h", "--timeout", "1h"],
                launcher: try place.launcher(first: addresses), in: place.directory)
            let counters = try stage.withTraffic { traffic in
                try stage.more(of: "responses_2xx")
                try stage.moreTraffic(traffic)
            }
            #expect(counters["responses_2xx"] == counters["received"])
            #expect(counters["responses_2xx"] == mirror.requests.count)
            withExtendedLifetime(place) {}
        }
    }
}
