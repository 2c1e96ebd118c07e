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

        @Test(
            "a larger tune.bufsize makes room for larger bodies, and the agent is not told",
            arguments: HAProxyVersion.available, [Request.Framing.length, .chunks(7_000)])
        func copiesLargeBodies(version: HAProxyVersion, framing: Request.Framing) throws {
            let scenario = try Scenario(version) { $0.bufferSize = 65_536 }
            let sizes = [100, 17_000, 30_000, 50_000, 63_000]
            for size in sizes {
                let request = Request(
                    method: "POST", target: "/bodies/\(size)", body: Self.binary(size), framing: framing)
                #expect(try scenario.send(request).status == 200)
                #expect(try scenario.copy(of: request.target).body == request.body)
            }
            let lines = try scenario.filterLog(atLeast: sizes.count)
            #expect(lines.allSatisfy { $0.status == 0 }, "\(lines.map(\.text))")
        }

        /// Bytes of every value, zeros and line ends among them, in no short period.
        static func binary(_ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 / 256) }
        }
    }
}
