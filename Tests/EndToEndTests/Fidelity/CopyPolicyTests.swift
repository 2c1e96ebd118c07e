import AdminSocket
import Foundation
import Testing

extension EndToEnd {
    @Suite("Fidelity: policy for copies")
    struct CopyPolicyTests {
        /// How copies get to the mirror.
        enum Way: CaseIterable { case http1, http1OverTLS, http2InClearText, http2OverTLS }

        /// What every secret of a client has in it, and what the operator's own has.
        private static let secret = "sekret"
        private static let token = "token-of-the-operator"

        private static let credentials = FidelityRow.fields(
            "Authorization: Basic sekret1", "Cookie: a=sekret2; b=sekret3", "Proxy-Authorization: sekret4",
            "X-Api-Key: sekret5", "X-Session: sekret6", "X-Plain: authorization: plain")
        /// The same in other cases, and some of them twice.
        private static let oddCredentials = FidelityRow.fields(
            "AUTHORIZATION: Bearer sekret1", "cookie: a=sekret2", "CooKie: sekret3", "COOKIE: c=sekret7",
            "proxy-AUTHORIZATION: sekret4", "x-api-KEY: sekret5", "X-API-key: sekret8", "x-sESSION: sekret6",
            "X-Plain: authorization: plain", "authorization: sekret9")

        private static let rules = "remove:@credentials,set:Authorization: Bearer \(token)"

        @Test(
            "no byte of a credential gets to a scrubbed mirror, to the log or to an operator",
            arguments: Way.allCases, HAProxyVersion.oldestAndNewest)
        func scrubbed(way: Way, version: HAProxyVersion) throws {
            let directory = try TemporaryDirectory()
            let mirror = try PolicyMirror(way, in: directory)
            let stage = try FidelityStage(
                version,
                mirror.options + [
                    "--credential-header", "x-session", "--log-level", "trace", "--request-log", "all",
                    "--state-file", directory.file("state"),
                ], mirrorURL: { _ in mirror.url })
            var answers: [String] = []
            func ask(_ line: String) throws { answers.append(try stage.agent.ask(line)) }

            // Without rules they do get there: what is looked for can be found.
            try stage.send(Request(target: "/control", fields: Self.credentials))
            let control = try mirror.recorder.request(for: "/control", evidence: stage.evidence)
            #expect(control.head[NginxMirror.protocolField] == mirror.seenProtocol)
            for number in 1...6 { #expect(control.text.contains("\(Self.secret)\(number)")) }

            try ask("set headers \(RequestLine.escape(Self.rules))")
            #expect(
                answers.last
                    == "Headers set to remove:@credentials,set:Authorization: <hidden> (was none).\n\n")
            let targets = try sendAll(stage)
            for target in targets {
                let copy = try mirror.recorder.request(for: target, evidence: stage.evidence)
                #expect(!copy.text.contains(Self.secret), "\(copy)")
                #expect(copy.head.values(of: "authorization") == ["Bearer \(Self.token)"], "\(copy)")
                #expect(copy.head["x-plain"] == "authorization: plain", "\(copy)")
            }
            #expect(stage.production.requests.filter { $0.text.contains(Self.secret) }.count == 4)

            // Copies that fail, and such as cannot be sent.
            try ask("set url http://127.0.0.1:1/")
            let client = try SPOPClient(stage.agent.endpoint)
            try client.notify(.init(target: "/failed", fields: Self.oddCredentials))
            for name in ["Authorization", "Cookie", "X-Other"] {
                try client.notify(.init(fields: [HeaderField(name, "sekret\0")]))
            }
            let account = try stage.agent.account(of: targets.count + 5)
            #expect(account["failed_connect"] == 1 && account["dropped_malformed"] == 3, "\(account)")

            for row in Command.table where row.words.first == "show" {
                try ask(row.words.joined(separator: " "))
                if row.argumentCount.upperBound > 0 { try ask("\(row.words.joined(separator: " ")) json") }
            }
            try ask("set headers set:Host:\\ \(Self.token)")
            try ask("set headers set:X-A:\\ \(Self.token)\\,")
            try ask("save state")
            #expect(answers.contains { $0.contains("failed_connect") })
            try ask("set headers add:X-A:\\ \(Self.token)")
            try ask("show settings json; reset headers; show settings; show info json")
            #expect(try stage.agent.process.terminate() == .status(0))
            let state = try String(contentsOfFile: directory.file("state"), encoding: .utf8)
            #expect(!state.contains(Self.token), "reset takes it out again")

            for text in answers + [stage.agent.process.log] {
                #expect(!text.isEmpty && !text.contains(Self.secret) && !text.contains(Self.token), "\(text)")
            }
            #expect(stage.agent.process.log.contains("/failed"))
            #expect(mirror.recorder.failures == [])
        }

        /// From clients in HTTP/1.1 and HTTP/2, and straight over SPOP. Returns the targets.
        private func sendAll(_ stage: FidelityStage) throws -> [String] {
            guard case .tcp(_, let port) = stage.frontend else { return [] }
            for (target, fields) in [("/1", Self.credentials), ("/1/odd", Self.oddCredentials)] {
                try stage.send(Request(method: "POST", target: target, fields: fields, body: [1, 2]))
            }
            let curl = CurlClient(directory: stage.directory, port: port)
            #expect(
                try curl.exchange(Request(target: "/2", fields: Self.credentials)).status == "2 200")
            let client = try SPOPClient(stage.agent.endpoint)
            let host = HeaderField("host", "www.example.test")
            for (target, isText) in [("/spop/binary", false), ("/spop/text", true)] {
                try client.notify(
                    .init(target: target, fields: [host] + Self.oddCredentials, usesText: isText))
            }
            return ["/1", "/1/odd", "/2", "/spop/binary", "/spop/text"]
        }

        @Test("the beginning of a path is stripped", arguments: HAProxyVersion.available)
        func stripped(version: HAProxyVersion) throws {
            let mirror = try RecordingMirror()
            let stage = try FidelityStage(version, ["--strip-prefix", "/api"], to: mirror, path: "/base/")
            guard case .tcp(_, let port) = stage.frontend else { return }
            let curl = CurlClient(directory: stage.directory, port: port)
            let expected = [
                "/api/1": "/base/1", "/api?2": "/base/?2", "/apix/3": "/base/apix/3",
                "/4/api/x": "/base/4/api/x",
            ]
            for target in expected.keys.sorted() {
                try stage.send(Request(target: target))
                #expect(try curl.exchange(Request(method: "PUT", target: target)).status == "2 200")
            }
            try stage.send(Request(target: "http://www.example.test/api/5"))
            _ = try stage.agent.account(of: 9)
            #expect(
                mirror.requests.map(\.target).sorted()
                    == (expected.values.flatMap { [$0, $0] } + ["/base/5"]).sorted())

            #expect(!(try stage.agent.ask("set strip-prefix none")).contains("Invalid"))
            try stage.send(Request(target: "/api/6"))
            _ = try mirror.request(for: "/base/api/6", evidence: stage.evidence)
        }

        @Test("copies are children of their requests' spans", arguments: HAProxyVersion.oldestAndNewest)
        func child(version: HAProxyVersion) throws {
            let mirror = try RecordingMirror()
            let stage = try FidelityStage(version, to: mirror)
            let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
            let value = "00-\(trace)-00f067aa0ba902b7-01"
            let fields = FidelityRow.fields("TraceParent: \(value)", "tracestate: a=1,b=2")
            func copy(_ target: String, _ fields: [HeaderField], after line: String) throws -> HTTPHead {
                #expect(!(try stage.agent.ask(line)).contains("Invalid"))
                try stage.send(Request(target: target, fields: fields))
                return try mirror.request(for: target, evidence: stage.evidence).head
            }
            let kept = try copy("/kept", fields, after: "set trace keep")
            #expect(kept["traceparent"] == value && kept["tracestate"] == "a=1,b=2")
            let dropped = try copy("/dropped", fields, after: "set trace drop")
            #expect(dropped["traceparent"] == nil && dropped["tracestate"] == nil)
            let child = try copy("/child", fields, after: "set trace child")
            let parent = try #require(child["traceparent"])
            #expect(parent.hasPrefix("00-\(trace)-") && parent.hasSuffix("-00") && parent.utf8.count == 55)
            #expect(!parent.contains("00f067aa0ba902b7") && child["tracestate"] == "a=1,b=2")
            let invalid = FidelityRow.fields("traceparent: \(value)-", "tracestate: a=1")
            let without = try copy("/invalid", invalid, after: "show version")
            #expect(without["traceparent"] == nil && without["tracestate"] == nil)
            for served in stage.production.requests.dropLast() {
                #expect(served.head["traceparent"] == value)
            }
        }
    }
}

/// A mirror that keeps what it gets, and how the agent gets there.
private struct PolicyMirror {
    let recorder: RecordingMirror
    let url: String
    let options: [String]
    /// What nginx then says that it was spoken to in.
    let seenProtocol: String?
    /// In front of it, but for HTTP/1.1 in clear text.
    private let nginx: NginxMirror?

    init(_ way: EndToEnd.CopyPolicyTests.Way, in directory: TemporaryDirectory) throws {
        switch way {
        case .http1:
            (recorder, nginx, options, seenProtocol) = (try RecordingMirror(), nil, [], nil)
            url = "http://127.0.0.1:\(recorder.port)/"
        case .http2InClearText:
            let nginx = try NginxMirror(listen: "http2", in: directory)
            (recorder, self.nginx, options) = (
                nginx.recorder, nginx, ["--http-version", "2-prior-knowledge"]
            )
            seenProtocol = "HTTP/2.0"
            url = "http://127.0.0.1:\(nginx.port)/"
        case .http1OverTLS, .http2OverTLS:
            let certificates = Certificates(in: directory)
            let authority = try certificates.authority("authority")
            let server = try certificates.issue("server", names: ["IP:127.0.0.1"], by: authority)
            let isHTTP2 = way == .http2OverTLS
            let nginx = try NginxMirror(
                listen: isHTTP2 ? "ssl http2" : "ssl", lines: server.nginxLines, in: directory)
            (recorder, self.nginx) = (nginx.recorder, nginx)
            seenProtocol = isHTTP2 ? "HTTP/2.0" : "HTTP/1.1"
            options = ["--tls-ca", authority.certificate] + (isHTTP2 ? ["--http-version", "2"] : [])
            url = "https://127.0.0.1:\(nginx.port)/"
        }
    }
}

extension RecordedRequest {
    /// Every byte of it.
    fileprivate var text: String { String(latin1: head.raw + body) }
}
