import Testing

extension EndToEnd {
    @Suite("Bodies")
    struct BodyTests {
        @Test("bodies arrive whole, with their length", arguments: HAProxyVersion.available)
        func copiesBodies(version: HAProxyVersion) throws {
            let scenario = try Scenario(version)
            var client = try scenario.client()
            for size in [0, 1, 100, 239, 240, 2_287, 2_288, 12_288] {
                let request = Request(
                    method: "POST", target: "/bodies/\(size)", body: Self.binary(size), framing: .length)
                #expect(try client.exchange(request).status == 200)

                let copy = try scenario.copy(of: request.target)
                #expect(copy.body == request.body, "\(size) bytes")
                #expect(copy.head.values(of: "content-length") == [String(size)])
            }
        }

        @Test("a chunked body arrives with a length instead", arguments: HAProxyVersion.available)
        func copiesChunkedBodies(version: HAProxyVersion) throws {
            let scenario = try Scenario(version)
            var client = try scenario.client()
            for (size, chunk) in [(1, 1), (100, 7), (12_288, 1_000)] {
                let request = Request(
                    method: "PUT", target: "/chunked/\(size)", body: Self.binary(size),
                    framing: .chunks(chunk))
                #expect(try client.exchange(request).status == 200)

                let copy = try scenario.copy(of: request.target)
                #expect(copy.body == request.body, "\(size) bytes in chunks of \(chunk)")
                #expect(copy.head.values(of: "content-length") == [String(size)])
                #expect(copy.head.values(of: "transfer-encoding").isEmpty)
            }
        }

        @Test("a larger tune.bufsize makes room for larger bodies", arguments: HAProxyVersion.available)
        func copiesLargeBodies(version: HAProxyVersion) throws {
            let scenario = try Scenario(version, agentArguments: ["--max-frame-size", "65532"]) {
                $0.bufferSize = 65_536
            }
            let request = Request(method: "POST", target: "/bodies/large", body: Self.binary(50_000))
            #expect(try scenario.send(request).status == 200)
            #expect(try scenario.copy(of: request.target).body == request.body)
            #expect(try scenario.filterLog(atLeast: 1).allSatisfy { $0.status == 0 })
        }

        /// Bytes of every value, zeros and line ends among them, in no short period.
        static func binary(_ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 / 256) }
        }
    }
}
