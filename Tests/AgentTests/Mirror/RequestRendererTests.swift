import SPOP
import Testing

@testable import Agent

@Suite("Rendering a copy")
struct RequestRendererTests {
    @Test("what the client sent is kept, in its order", arguments: [false, true])
    func kept(_ usesText: Bool) throws {
        let copy = PayloadBuilder(
            method: "PROPFIND", path: "/a//b/../c;x={1}?q=[2]&r=%41",
            headers: [
                ("X-First", "1"), ("host", "shop.example"), ("x-dup", "a"), ("X-Dup", "b, c"),
                ("cookie", "a=1; b=2"),
            ],
            usesTextHeaders: usesText)
        let rendered = try copy.render()
        #expect(rendered.method == "PROPFIND")
        #expect(rendered.target == "/a//b/../c;x={1}?q=[2]&r=%41")
        #expect(
            rendered.headers == [
                "X-First: 1", "host: shop.example", "x-dup: a", "X-Dup: b, c", "cookie: a=1; b=2",
            ])
        #expect(rendered.body.isEmpty)
    }

    @Test(
        "targets",
        arguments: [
            ("GET", "/", "/", "/base/"), ("GET", "/x?y", "/x?y", "/base/x?y"),
            ("GET", "//x", "//x", "/base//x"),
            ("GET", "http://h/p?q", "/p?q", "/base/p?q"), ("GET", "https://h:8443", "/", "/base/"),
            ("GET", "http://h?q=/", "/?q=/", "/base/?q=/"), ("OPTIONS", "*", "*", "*"),
            ("OPTIONS", "http://h", "*", "*"),
            ("GET", "h:443", "h:443", "h:443"), ("GET", "/http://h/", "/http://h/", "/base/http://h/"),
            ("GET", "x+y-1.z://h/p", "/p", "/base/p"),
        ])
    func targets(_ method: String, _ path: String, _ plain: String, _ prefixed: String) throws {
        let copy = PayloadBuilder(method: method, path: path)
        #expect(try copy.render().target == plain)
        #expect(try copy.render(to: "http://mirror/base").target == prefixed)
        #expect(try copy.render(to: "http://mirror/base/").target == prefixed)
    }

    @Test("fields of the connection are left out, and no other that Connection names")
    func hopByHop() throws {
        let copy = PayloadBuilder(headers: [
            ("host", "h"), ("Connection", "close, Cookie, X-Attack ,te"), ("cookie", "a=1"),
            ("x-attack", "1"),
            ("Keep-Alive", "5"),
            ("Proxy-Connection", "close"), ("TE", "trailers"), ("Trailer", "x"), ("Upgrade", "h2c"),
            ("HTTP2-Settings", "AAMAAABk"), ("Expect", "100-continue"), ("connection", "host"),
            ("tex", "kept"),
        ])
        #expect(try copy.render().headers == ["host: h", "cookie: a=1", "x-attack: 1", "tex: kept"])
    }

    @Test(
        "TE is left out, but for trailers on the way to HTTP/2",
        arguments: [
            (["trailers"], ["te: trailers"]), ([" Trailers\t"], ["te: trailers"]), (["deflate"], []),
            ([""], []),
            (["trailers, deflate;q=0.5"], ["te: trailers"]), (["gzip , trailers"], ["te: trailers"]),
            ([",trailers,"], ["te: trailers"]), (["trailers;q=1"], []), (["trailersx", "xtrailers"], []),
            (["gzip", "trailers", "trailers"], ["te: trailers"]),
        ] as [([String], [String])])
    func trailers(_ values: [String], _ kept: [String]) throws {
        let copy = PayloadBuilder(
            headers: [("host", "h"), ("connection", "te")] + values.map { ("te", $0) } + [("x", "y")])
        #expect(try copy.render().headers == ["host: h", "x: y"])
        #expect(try copy.render(keepsTrailers: true).headers == ["host: h"] + kept + ["x: y"])
    }

    @Test("an empty value stays", arguments: ["", " ", "\t "])
    func emptyValue(_ value: String) throws {
        #expect(
            try PayloadBuilder(headers: [("host", "h"), ("x-empty", value)]).render().headers == [
                "host: h", "x-empty:",
            ])
    }

    @Test("NULL is a sample that gave nothing")
    func nullArguments() throws {
        var payload: [UInt8] = []
        payload.appendString("mirror")
        payload.append(4)
        for (name, value) in [
            ("arg_method", [8, 1, 0x41]), ("arg_path", [8, 1, 0x2F]), ("arg_hdrs", [0]), ("arg_body", [0]),
        ]
            as [(String, [UInt8])]
        {
            payload.appendString(name)
            payload += value
        }
        let rendered = try PayloadBuilder.render(payload)
        #expect(rendered.method == "A")
        #expect(rendered.headers == ["host: mirror:1"])
    }

    @Test("random requests never trap, and are sent as they were or not at all")
    func random() throws {
        var generator = SystemRandomNumberGenerator()
        let alphabet = Array("abcXYZ012:/?#;, \r\n\0\t=\u{7F}é".utf8)
        func text(_ length: Int) -> String {
            String(
                decoding: (0..<length).map { _ in alphabet.randomElement(using: &generator)! }, as: UTF8.self)
        }
        for _ in 0..<5000 {
            let copy = PayloadBuilder(
                method: text(Int.random(in: 0...4, using: &generator)),
                path: "/" + text(Int.random(in: 0...20, using: &generator)),
                headers: (0..<Int.random(in: 0...5, using: &generator)).map { _ in (text(3), text(6)) })
            guard let rendered = try? copy.render() else {
                let text = PayloadBuilder.problem(of: copy.bytes) ?? ""
                #expect(!text.isEmpty && text.utf8.count < 600 && text.utf8.allSatisfy { 0x20...0x7E ~= $0 })
                continue
            }
            #expect(rendered.method == copy.method)
            #expect(rendered.target == copy.path)
            #expect(!rendered.headers.contains { $0.contains("\r") || $0.contains("\n") })
        }
    }

    @Test("a copy for which there is no room is not made")
    func room() throws {
        let payload = PayloadBuilder(body: Array("0123456789".utf8)).bytes
        let span = payload.span.bytes
        let copy = try #require(try PayloadBuilder.requests(in: span).first)
        let renderer = RequestRenderer(url: try MirrorURL("http://mirror/"), style: CopyStyle())
        let arrival = Arrival(id: 1, receivedAt: 0, bufferSize: 16384)
        let size = MirrorRequest.leastMemory(
            size: try renderer.render(copy, payload: span, arrival).header.size)
        #expect(throws: Refusal.queueFull) {
            try renderer.render(copy, payload: span, arrival, room: size - 1)
        }
        #expect(try renderer.render(copy, payload: span, arrival, room: size).header.bodyEnd > 10)
    }
}
