import Testing

@testable import Agent

/// Logs and `show errors` have targets without what may be a secret in them.
@Suite("Shown targets")
struct ShownTargetTests {
    private func shown(_ target: String, withQuery: Bool = false, isCut: Bool = false) -> String {
        String(
            decoding: ShownTarget.of(Array(target.utf8), withQuery: withQuery, isCut: isCut), as: UTF8.self)
    }

    @Test(
        "userinfo, query and fragment are left out",
        arguments: [
            ("/x", "/x"), ("/x?secret", "/x"), ("/x#secret", "/x"), ("?secret", ""), ("*", "*"), ("", ""),
            ("http://h/x?secret", "http://h/x"), ("http://secret@h/x", "http://...@h/x"),
            ("HTTP://secret:secret@h:81/x?secret", "HTTP://...@h:81/x"),
            ("http://secret:sec@ret@h/x", "http://...@h/x"), ("http://secret@h", "http://...@h"),
            ("http://secret@h?a@b", "http://...@h"), ("http://:secret@[::1]:1/", "http://...@[::1]:1/"),
            ("secret:secret@h:443", "...@h:443"), ("secret@h", "...@h"), ("h:443", "h:443"),
            ("//secret:secret@h/x", "//...@h/x"), ("svn+ssh://secret@h/x", "svn+ssh://...@h/x"),
            ("\thttp://u:secret@h/x", "...@h/x"), ("http:/u:secret@h/x", "...@h/x"),
            ("http:///u:secret@h/x", "http://...@h/x"), ("http://u:sec/secret@h/ x", "http://...@h/ x"),
            ("ht_tp://u:secret@h/x y", "...@h/x y"), ("\"http://u:secret@h/", "...@h/"),
            // No authority has these.
            ("/a@b", "/a@b"), ("http://h/a@b", "http://h/a@b"),
        ])
    func parts(_ target: String, _ expected: String) {
        #expect(shown(target) == expected)
        #expect(!shown(target).contains("secret"))
    }

    @Test("with the query when it is asked for, never with userinfo")
    func query() {
        #expect(shown("http://secret@h/x?a=b@c#d", withQuery: true) == "http://...@h/x?a=b@c#d")
        #expect(shown("/x?a=b", withQuery: true) == "/x?a=b")
    }

    @Test("userinfo whose end was cut off is left out, too")
    func cut() {
        #expect(shown("http://secret:secretsecret", isCut: true) == "http://...")
        #expect(shown("secret:secretsecret", isCut: true) == "...")
        #expect(shown("http://h/xxxxx", isCut: true) == "http://h/xxxxx")
        #expect(shown("/xxxxx", isCut: true) == "/xxxxx")
        let failures = RecentFailures()
        let target = "http://user:\(String(repeating: "secret", count: 200))@h/x"
        failures.note(id: 1, method: "GET".utf8, target: target.utf8, reason: "r", detail: "d")
        let kept = RecentFailures.newest(of: [failures])
        #expect(kept.map { String(decoding: $0.target, as: UTF8.self) } == ["http://..."])
    }
}
