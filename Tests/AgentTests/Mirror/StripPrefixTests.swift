import Testing

@testable import Agent

@Suite("The beginning of a path that copies do without")
struct StripPrefixTests {
    private func target(
        _ path: String, without prefix: String = "/api", to url: String = "http://m/", method: String = "GET"
    ) throws -> String {
        var style = CopyStyle(mark: nil)
        style.strippedPrefix = try PathPrefix.parse(prefix)
        return try PayloadBuilder(method: method, path: path).render(to: url, style: style).target
    }

    @Test(
        "whole segments alone",
        arguments: [
            ("/api/x", "/x"), ("/api", "/"), ("/api?x", "/?x"), ("/apix", "/apix"), ("/api/", "/"),
            ("/api//x", "//x"), ("/api/?x=/api/y", "/?x=/api/y"), ("/api/api/x", "/api/x"), ("/", "/"),
            ("/x/api/y", "/x/api/y"), ("/API/x", "/API/x"), ("/%61pi/x", "/%61pi/x"), ("/ap", "/ap"),
            ("//api/x", "//api/x"), ("/api;v=1/x", "/api;v=1/x"),
            ("/api#x", "/api#x"), ("/api%2Fx", "/api%2Fx"),
            ("http://h/api/x?y", "/x?y"), ("https://h:1/api", "/"), ("http://h/api?x", "/?x"),
            ("http://h/apix", "/apix"), ("http://h", "/"), ("http://h?x", "/?x"), ("http://api/x", "/x"),
            ("*", "*"), ("api/x", "api/x"), ("http://u:p@h/api/x", "/x"),
        ])
    func edges(_ path: String, _ expected: String) throws {
        #expect(try target(path) == expected)
        #expect(try target(path, without: "/api/") == expected)
        #expect(try target(path, to: "http://m/base") == (expected.hasPrefix("/") ? "/base" : "") + expected)
    }

    @Test("of several segments, or of none")
    func others() throws {
        #expect(try target("/api/v2/x", without: "/api/v2") == "/x")
        #expect(try target("/api/v22/x", without: "/api/v2") == "/api/v22/x")
        #expect(try target("/api/x", without: "none") == "/api/x")
        #expect(try target("http://h", method: "OPTIONS") == "*")
        #expect(try target("http://h/api", method: "OPTIONS") == "/")
    }

    @Test(
        "what is no path",
        arguments: ["", "/", "//", "api", "/a b", "/a?b", "/a#b", "/a\n", "/ä", "http://h/", "*", "None"])
    func refused(_ text: String) {
        #expect(throws: InvalidValue.self) { try PathPrefix.parse(text) }
    }

    @Test func spelling() throws {
        #expect(try PathPrefix.parse("none") == nil)
        #expect(try PathPrefix.parse("/a/b//")?.description == "/a/b")
        #expect(throws: InvalidValue.self) { try PathPrefix.parse("/" + String(repeating: "a", count: 1024)) }
    }
}
