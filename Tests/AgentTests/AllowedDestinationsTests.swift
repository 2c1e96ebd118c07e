import Testing

@testable import Agent

@Suite("Allowed destinations")
struct AllowedDestinationsTests {
    private func allows(_ entries: [String], _ url: String) throws -> Bool {
        let allowed = AllowedDestinations(entries: try entries.map { try AllowedDestinations.Entry($0) })
        let destination = try Destination(url)
        do throws(InvalidValue) { try allowed.check(destination) } catch { return false }
        return true
    }

    @Test("none allows everything")
    func none() throws { #expect(try allows([], "http://anywhere.example:1/")) }

    @Test(
        "inside",
        arguments: [
            ("qa.example", "http://qa.example/"), ("qa.example", "https://QA.example.:8443/p"),
            ("QA.Example", "http://qa.example/"), ("qa.example:80", "http://qa.example/"),
            ("qa.example:443", "https://qa.example/"), ("qa.example:8080", "http://qa.example:8080/a/b"),
            ("[::1]:80", "http://[::1]/"), ("127.0.0.1", "http://127.0.0.1:9/"),
            ("127.0.0.1", "http://127.1/"), ("qa.example", "http://q%61.example/"),
        ])
    func inside(_ entry: String, _ url: String) throws { #expect(try allows(["other.example", entry], url)) }

    @Test(
        "outside",
        arguments: [
            ("qa.example", "http://qa.example.evil.test/"), ("qa.example", "http://evil.test/qa.example"),
            ("qa.example", "http://a.qa.example/"), ("qa.example:80", "https://qa.example/"),
            ("qa.example:80", "http://qa.example:81/"), ("127.0.0.1", "http://localhost/"),
            ("127.0.0.1", "http://[::1]/"), ("qa.example", "http://169.254.169.254/"),
        ])
    func outside(_ entry: String, _ url: String) throws { #expect(try !allows([entry], url)) }

    @Test(
        "what is no host",
        arguments: ["", "a/b", "http://a", "a:b", "a:99999", "u@a", "a?b", "a#b", "::1", "a b"])
    func malformed(_ text: String) {
        #expect(throws: InvalidValue.self) { try AllowedDestinations.Entry(text) }
    }

    @Test("a setting cannot leave the list, and says which destinations are in it")
    func setting() throws {
        var settings = Settings(destination: try Destination("http://qa.example/"))
        settings.allowedDestinations.entries = [try .init("qa.example"), try .init("audit.example:8443")]
        let error = #expect(throws: InvalidValue.self) {
            try LiveSetting.put("http://evil.test/", .url, into: &settings)
        }
        #expect(
            error?.sentence
                == "Invalid URL: 'evil.test:80' is not a destination that --allow-destination names (qa.example, audit.example:8443)."
        )
        #expect(settings.destination.url == "http://qa.example/")
        try LiveSetting.put("https://audit.example:8443/x", .url, into: &settings)
        #expect(settings.destination.url == "https://audit.example:8443/x")
    }
}
