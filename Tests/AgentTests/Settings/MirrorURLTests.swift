import Testing

@testable import Agent

@Suite("Mirror URLs")
struct MirrorURLTests {
    private static let label = String(repeating: "a", count: 63)

    @Test(
        "what can be used is taken",
        arguments: [
            ("http://h", "http://h/"), ("HTTPS://H.Example:8443/p", "https://H.Example:8443/"),
            ("http://h_o-s.t./", "http://h_o-s.t./"),
            ("http://xn--bcher-kva.example/", "http://xn--bcher-kva.example/"),
            ("http://h%2ee/", "http://h.e/"), ("http://h:0080/", "http://h:80/"), ("http://h:/", "http://h/"),
            ("http://0x7f.1/", "http://127.0.0.1/"), ("http://[::1]:80/", "http://[::1]:80/"),
            ("http://[fe80::1%25eth0]/", "http://[fe80::1%25eth0]/"),
            ("http://\(label).\(label)/", "http://\(label).\(label)/"),
        ])
    func usable(_ url: String, _ origin: String) throws { #expect(try MirrorURL(url).origin == origin) }

    @Test(
        "a host that is a name is looked up as it is spelled",
        arguments: [
            ("http://H.Example.:8080/", "H.Example."), ("http://1a/", "1a"),
            ("http://localhost.a/", "localhost.a"),
            ("http://127.1/", nil), ("https://[::1]/", nil), ("http://LocalHost:1/", nil),
            ("http://a.localhost/", nil),
        ])
    func name(_ url: String, _ name: String?) throws { #expect(try MirrorURL(url).name == name) }

    @Test(
        "a path that a request can have is taken as it is",
        arguments: ["", "/a", "/a%20b/%C3%BC%00", "/-._~!$&'()*+,;=:@", "/..//a"])
    func path(_ path: String) throws {
        #expect(try MirrorURL("http://h\(path)/").prefix == Array(path.utf8))
    }

    @Test(
        "what libcurl takes, and could not use or would take for something else, is refused with a reason",
        arguments: [
            ("http://b\u{FC}cher.example/", "xn--bcher-kva.example"), ("http://b%C3%BCcher.example/", "xn--"),
            ("http://\u{FF41}.example/", "xn--"), ("http://b\u{FFFD}cher.example/", "xn--"),
            ("http:///audit", "http://HOST"), ("http:/host/", "http://HOST"), ("http:host", "http://HOST"),
            ("http:////host", "http://HOST"), ("http://", "http://HOST"), ("http://:80/", "http://HOST"),
            ("h/", "http://HOST"), ("//h/", "http://HOST"), ("http:\\\\h/", "http://HOST"),
            ("http://.h/", "1 to 63 bytes"), ("http://h..o/", "1 to 63 bytes"),
            ("http://h../", "1 to 63 bytes"),
            ("http://./", "1 to 63 bytes"), ("http://a\(label)/", "1 to 63 bytes"),
            ("http://\(label).\(label).\(label).\(label)/", "253 bytes"), ("http://h~o/", "letters, digits"),
            ("http://h|o/", "letters, digits"), ("http://h%20o/", "http://HOST"),
            ("http://h%00/", "http://HOST"),
            ("http://256.1/", "neither"), ("http://1.2.3.4./", "neither"),
            ("http://1.2.3.08/", "neither"), ("http://0x/", "neither"),
            ("http://h:+80/", "http://HOST"), ("http://h:-80/", "http://HOST"),
            ("http://h: 80/", "http://HOST"),
            ("http://h:65536/", "http://HOST"), ("http://h:0/", "port 0"),
            ("http://[::1]x/", "http://HOST"), ("http://[::g]/", "http://HOST"),
            ("http://::1/", "http://HOST"),
            ("http://h/\u{FC}", "%C3 for its byte 2"), ("http://h/a{b", "%7B for its byte 3"),
            ("http://h/a%zz", "%25 for its byte 3"), ("http://h/a%2", "%25 for its byte 3"),
            ("http://h/%", "%25"),
            ("http://h/a\\b", "%5C"), ("http://h/\"", "%22"), ("http://h/a b", "http://HOST"),
            ("http://h/\u{1}", "http://HOST"),
            ("http://h/\(String(repeating: "a", count: 4096))", "4096 bytes"),
        ])
    func unusable(_ url: String, _ reason: String) {
        let error = #expect(throws: InvalidValue.self) { try MirrorURL(url) }
        #expect(error?.sentence.contains(reason) == true, "\(error?.sentence ?? "-")")
        #expect(error.map { $0.sentence.utf8.count < 1000 } == true)
    }

    @Test(
        "a password is repeated in no message",
        arguments: [
            "http://me:secret@h/", "http:/me:secret@h/", "http:///me:secret@h/", "http://me:secret@h o/",
            "http://me:secret@b\u{FC}cher.example/", "ftp://me:secret@h/",
        ])
    func password(_ url: String) {
        let error = #expect(throws: InvalidValue.self) { try MirrorURL(url) }
        #expect(error.map { !$0.sentence.contains("secret") && !$0.value.contains("secret") } == true)
    }
}
