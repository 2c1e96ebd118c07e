import Testing

extension EndToEnd {
    /// What the other tests of faults rest on.
    @Suite("Faults: the stage")
    struct FaultStageTests {
        @Test("without a fault, nothing is late", arguments: HAProxyVersion.available)
        func healthy(_ version: HAProxyVersion) throws {
            let mirror = try RecordingMirror()
            let stage = try FaultStage(
                version, mirrorURL: "http://127.0.0.1:\(mirror.port)/", in: try TemporaryDirectory())
            let counters = try stage.withTraffic { _ in }
            #expect(counters["responses_2xx"] == counters["received"])
        }

        @Test("ACKs that come late are noticed")
        func lateAcknowledgements() throws {
            let mirror = try RecordingMirror()
            let stage = try FaultStage(
                mirrorURL: "http://127.0.0.1:\(mirror.port)/", ["--processing-delay", "4s"],
                in: try TemporaryDirectory())
            try stage.withTraffic(requests: 8, acknowledgesLate: true) { _ in }
            #expect(try !stage.lateAcknowledgements().isEmpty)
        }
    }
}
