import Testing

extension EndToEnd {
    /// Random requests, field by field against what the client sent, and against what production got.
    ///
    /// `SEED=<number>` repeats a run.
    @Suite("Fidelity: random requests")
    struct FidelityRandomTests {
        static let count = 300

        static let seed: UInt64 = {
            let given = Executables.environment["SEED"].flatMap { UInt64($0) }
            return given ?? UInt64.random(in: 0...UInt64(UInt32.max))
        }()

        @Test("arrive as they were sent", arguments: HAProxyVersion.available)
        func random(version: HAProxyVersion) throws {
            let mirror = try RecordingMirror()
            // Room for 80 fields and 12 KB together, in HAProxy's buffer and in a frame.
            let stage = try FidelityStage(
                version, ["--max-frame-size", "65532", "--haproxy-bufsize", "65536"], to: mirror
            ) {
                $0.bufferSize = 65_536
            }
            var generator = RandomRequests(seed: Self.seed)
            let requests = (0..<Self.count).map { generator.next($0) }
            var client = try RawClient(stage.frontend)
            for (number, request) in requests.enumerated() {
                let status = try client.exchange(request).status
                #expect(status == 200, "SEED=\(Self.seed), request \(number): \(request.head.startLine)")
                guard status == 200 else { return }
            }
            let count = Self.count
            #expect(
                try stage.agent.account(of: count) == [
                    "received": count, "completed": count, "responses_2xx": count,
                ], "SEED=\(Self.seed)")
            let copies = try Self.byNumber(mirror.requests)
            let originals = try Self.byNumber(stage.production.requests)
            for (number, request) in requests.enumerated() {
                let place = "SEED=\(Self.seed), request \(number)"
                let copy = try #require(copies[number], "\(place)")
                let expected = CopyExpectation(of: request)
                let difference = expected.difference(from: copy)
                #expect(difference.isEmpty, "\(place): \(difference)")
                // What HAProxy let through to production differs in the framing alone.
                let original = try #require(originals[number], "\(place)")
                let isFraming: Set = ["content-length", "transfer-encoding", "connection", "x-mirrored-by"]
                let ends = [original, copy].map { request in
                    request.head.fields.map { HeaderField($0.name.lowercased(), $0.value) }
                        .filter { !isFraming.contains($0.name) }
                }
                #expect(ends[0] == ends[1], "\(place)")
                let isSameBody = original.body == copy.body
                #expect(original.head.startLine == copy.head.startLine && isSameBody, "\(place)")
            }
        }

        /// The requests by the number that their target begins with, each of which must be there once.
        private static func byNumber(_ requests: [RecordedRequest]) throws -> [Int: RecordedRequest] {
            let pairs = requests.compactMap { request in
                request.target.split(separator: "/").first.flatMap { Int($0) }.map { ($0, request) }
            }
            #expect(pairs.count == count && Set(pairs.map(\.0)).count == count, "SEED=\(seed)")
            return Dictionary(pairs) { first, _ in first }
        }
    }
}
