extension FidelityRow {
    /// Any token is a method, with or without a body.
    static let methods: [FidelityRow] = {
        let tokens = [
            "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "PROPFIND", "MKCOL",
            "REPORT",
            "M-SEARCH", "PURGE", "get", "X-custom.Method~1", "!#$%&'*+-.^_`|~09",
            String(repeating: "LONG", count: 20),
        ]
        return tokens.enumerated().map { index, method in
            FidelityRow("method \(method)", Request(method: method, target: "/method/\(index)?a=1"))
        }
    }()

    /// Bodies, which are anybody's, not POST's.
    static let bodies: [FidelityRow] = {
        let methods = [
            "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "PROPFIND", "X-custom.Method~1",
        ]
        let byMethod = methods.enumerated().map { index, method in
            FidelityRow(
                "body of \(method)",
                Request(
                    method: method, target: "/body/\(index)", fields: fields("Content-Type: a/b"),
                    body: Array("body of \(method)".utf8)))
        }
        return byMethod + [
            FidelityRow("a body of one NUL", Request(method: "POST", target: "/body/nul", body: [0])),
            FidelityRow(
                "binary body, 12 KB", Request(method: "POST", target: "/body/12k", body: binary(12_288))),
            FidelityRow(
                "body of GET, 12 KB", Request(method: "GET", target: "/body/get12k", body: binary(12_288))),
            FidelityRow(
                "a body that looks like a request",
                Request(
                    method: "POST", target: "/body/smuggle", body: "\r\n\r\nGET /x HTTP/1.1\r\n\r\n".latin1)),
            FidelityRow(
                "Content-Length: 0 of POST", Request(method: "POST", target: "/body/post0", framing: .length)),
            FidelityRow(
                "Content-Length: 0 of GET", Request(method: "GET", target: "/body/get0", framing: .length)),
            FidelityRow(
                "Content-Length: 0 of HEAD", Request(method: "HEAD", target: "/body/head0", framing: .length)),
            FidelityRow(
                "Content-Length in the middle of the fields",
                Request(
                    method: "PUT", target: "/body/middle",
                    fields: fields("X-Before: 1", "Content-Length: 3", "X-After: 2"), body: [1, 2, 3],
                    framing: .none)),
            FidelityRow(
                "chunked body",
                Request(method: "PUT", target: "/body/chunks", body: binary(5_000), framing: .chunks(7))),
            FidelityRow(
                "chunked body of DELETE",
                Request(method: "DELETE", target: "/body/chunks2", body: [1], framing: .chunks(1))),
            FidelityRow(
                "empty chunked body", Request(method: "POST", target: "/body/chunks0", framing: .chunks(1))),
        ]
    }()

    /// Targets in origin-form are sent byte for byte; HAProxy's own rules of what it takes are met here.
    private static let targets: [FidelityRow] =
        [
            "/", "/a/b/../c/./d", "/../..", "/./", "//double//slash//", "///", "/%2e%2e/%2F%00%ff%zz%",
            "/semi;colon=1;v",
            "/{a}[b]|c\\d^e`f", "/<x>\"y\"", "/?", "/?x", "/a?b?c=/../d", "/q?x=1&x=2&&y=&=z",
            "/plus+a%20b?q=a+b",
            "/~!$&'()*,=:@-._", "/http://other.example.test/x", "/" + String(repeating: "long", count: 1_500),
        ].map { FidelityRow("target \($0.prefix(40))", Request(target: $0)) }
        + [
            FidelityRow("OPTIONS *", Request(method: "OPTIONS", target: "*")),
            FidelityRow("absolute-form", Request(target: "http://www.example.test/abs/../x?y")) {
                $0.startLine = "GET /abs/../x?y HTTP/1.1"
            },
            FidelityRow("absolute-form without a path", Request(target: "http://www.example.test")) {
                $0.startLine = "GET / HTTP/1.1"
            },
            FidelityRow(
                "absolute-form with a port",
                Request(target: "http://www.example.test:81/p", fields: fields("Host: www.example.test:81"))
            ) {
                $0.startLine = "GET /p HTTP/1.1"
            },
        ]

    /// HAProxy 3.0 adds the slash itself, and production gets it, too.
    private static func optionsAbsolute(_ version: HAProxyVersion) -> FidelityRow {
        FidelityRow("OPTIONS, absolute-form", Request(method: "OPTIONS", target: "http://www.example.test")) {
            $0.startLine = "OPTIONS \(version == .v3_0 ? "/" : "*") HTTP/1.1"
        }
    }

    /// Fields: all of them, as they came, and no other.
    static let headers: [FidelityRow] = [
        FidelityRow("nothing is added", Request(target: "/headers/none")),
        FidelityRow(
            "nothing is added to a POST",
            Request(method: "POST", target: "/headers/post", body: Array("x=1".utf8))),
        FidelityRow(
            "Host is not moved to the front",
            Request(target: "/headers/order", fields: fields("X-A: 1", "Host: shop.example.test:8", "X-B: 2"))
        ),
        FidelityRow(
            "duplicates and order",
            Request(
                target: "/headers/duplicates",
                fields: fields(
                    "X-Dup: b", "X-Other: 1", "x-dup: a", "X-DUP: b", "Cookie: a=1; b=2", "Cookie: c=3",
                    "Accept: text/html", "Accept: */*"))),
        FidelityRow(
            "empty values",
            Request(target: "/headers/empty", fields: fields("X-Empty:", "X-Full: 1", "X-Empty:", "Accept:"))),
        FidelityRow(
            "bytes above 0x7f",
            Request(
                target: "/headers/bytes",
                fields: [
                    HeaderField("X-Latin", "caf\u{e9}"),
                    HeaderField("X-All", String(latin1: UInt8(0x80)...UInt8(0xff))),
                ])),
        FidelityRow(
            "every printable byte, blanks and tabs inside",
            Request(
                target: "/headers/printable",
                fields: [
                    HeaderField("X-Printable", String(latin1: UInt8(0x21)...UInt8(0x7e))),
                    HeaderField("X-Blanks", "a  b\t\tc ; d,, e"), HeaderField("X-Colon", ": :; \"q\\\""),
                    HeaderField("X-Semicolon", ";"),
                ])),
        FidelityRow(
            "every byte a name may have",
            Request(target: "/headers/names", fields: [HeaderField("!#$%&'*+-.^_`|~09Az", "1")])),
        FidelityRow(
            "what libcurl has its own ideas about",
            Request(
                method: "POST", target: "/headers/libcurl",
                fields: fields(
                    "Accept: a/b", "Accept-Encoding: br, gzip;q=0.5", "User-Agent: harness/1",
                    "Content-Type: c/d",
                    "Content-Type: e/f", "Authorization: Basic eDp5", "Cookie: a=1", "Range: bytes=0-1",
                    "Referer: http://r.example.test/", "If-None-Match: \"e\"", "Date: now"),
                body: [1])),
        FidelityRow(
            "80 fields",
            Request(
                target: "/headers/many", fields: (0..<80).map { HeaderField("X-Field-\($0)", "value \($0)") })
        ),
        FidelityRow(
            "a value of 8 KB",
            Request(
                target: "/headers/long",
                fields: [HeaderField("X-Long", String(repeating: "long", count: 2_048))])),
        FidelityRow(
            "hop-by-hop fields are left out",
            Request(
                target: "/headers/hop",
                fields: fields(
                    "X-A: 1", "Connection: keep-alive, X-Private ,x-other,, te", "X-Private: 1", "X-Other: 2",
                    "Keep-Alive: timeout=5", "Proxy-Connection: keep-alive", "TE: trailers", "Trailer: X-T",
                    "X-B: 2"))
        ),
        FidelityRow(
            "Connection does not hide fields",
            Request(
                target: "/headers/hop2",
                fields: fields(
                    "Connection: close, Cookie, X-Attack", "Cookie: a=1", "X-Attack: 1",
                    "Connection: AUTHORIZATION",
                    "Authorization: Basic eDp5", "X-Mirrored-By: another"))
        ),
        FidelityRow(
            "Connection cannot take away Host and Content-Length",
            Request(
                method: "POST", target: "/headers/hop3",
                fields: fields("Connection: Host, Content-Length, X-P", "X-P: 1"),
                body: [1])
        ),
        FidelityRow(
            "Upgrade",
            Request(
                target: "/headers/upgrade",
                fields: fields(
                    "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk",
                    "X-Kept: 2")
            )),
        FidelityRow(
            "Expect",
            Request(
                method: "POST", target: "/headers/expect",
                fields: fields("Expect: 100-continue", "X-Kept: 2"),
                body: binary(100))),
        FidelityRow(
            "X-Forwarded-For and X-Request-ID are the client's own",
            Request(
                target: "/headers/forwarded",
                fields: fields("X-Forwarded-For: 10.0.0.1", "X-Request-ID: mine"))),
        FidelityRow(
            "another agent's mark",
            Request(target: "/headers/mark", fields: fields("X-Mirrored-By: another"))),
    ]

    static func targets(_ version: HAProxyVersion) -> [FidelityRow] { targets + [optionsAbsolute(version)] }

    static func all(_ version: HAProxyVersion) -> [FidelityRow] {
        methods + bodies + targets(version) + headers
    }
}
