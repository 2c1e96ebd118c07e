import Testing

extension EndToEnd {
    /// Only HAProxy before 3.1 cuts a payload that exceeds a frame into several.
    @Suite("Fragmented payloads")
    struct FragmentationTests {
        @Test("a 12 KB body in frames of 1024 bytes arrives whole")
        func reassembles() throws {
            let scenario = try Scenario(.debian) { $0.maxFrameSize = 1_024 }
            let request = Request(method: "POST", target: "/fragmented", body: BodyTests.binary(12_288))
            #expect(try scenario.send(request).status == 200)

            let copy = try scenario.copy(of: request.target)
            #expect(copy.body == request.body)
            #expect(copy.head.values(of: "content-length") == ["12288"])
            try expectAcknowledged(1, in: scenario)
            try expectMirroredOnce(1, in: scenario)
        }

        @Test("several at a time, and small requests between them")
        func reassemblesMany() throws {
            let scenario = try Scenario(.debian) { $0.maxFrameSize = 256 }
            let frontend = scenario.frontend
            let sizes = [0, 10, 1_000, 5_000, 12_288]
            let exchanges = try concurrently(10) { client in
                var connection = try RawClient(frontend)
                return try sizes.map { size in
                    let request = Request(
                        method: "POST", target: "/fragmented/\(client)/\(size)", body: BodyTests.binary(size))
                    return (request, try connection.exchange(request).status)
                }
            }
            for (request, status) in exchanges.joined() {
                #expect(status == 200)
                #expect(try scenario.copy(of: request.target).body == request.body)
            }
            try expectAcknowledged(10 * sizes.count, in: scenario)
            try expectMirroredOnce(10 * sizes.count, in: scenario)
        }
    }
}
