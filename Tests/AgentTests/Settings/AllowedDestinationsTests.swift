import Testing

@testable import Agent

@Suite("Allowed destinations")
struct AllowedDestinationsTests {
    private func allows(_ entries: [String], _ url: String) throws -> Bool {
        let allowed = AllowedDestinations(entries: try entries.map { try AllowedDestinations.Entry($0) })
        let destination = try MirrorURL(url)
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
            ("qa.example", "http://%51%41.EXAMPLE./"), ("qa.example.", "http://qa.example/"),
            ("q%61.example", "http://qa.example/"),
            ("xn--bcher-kva.example", "http://XN--BCHER-KVA.example/"),
            ("https://qa.example", "https://QA.example/"),
            ("https://qa.example", "https://qa.example:8443/p"),
            ("HTTPS://qa.example:443", "https://qa.example/"), ("http://qa.example", "http://qa.example:81/"),
            ("https://[::1]:8443", "https://[::1]:8443/"),
        ])
    func inside(_ entry: String, _ url: String) throws { #expect(try allows(["other.example", entry], url)) }

    @Test(
        "outside",
        arguments: [
            ("qa.example", "http://qa.example.evil.test/"), ("qa.example", "http://evil.test/qa.example"),
            ("qa.example", "http://a.qa.example/"), ("qa.example:80", "https://qa.example/"),
            ("qa.example:80", "http://qa.example:81/"), ("127.0.0.1", "http://localhost/"),
            ("127.0.0.1", "http://[::1]/"), ("qa.example", "http://169.254.169.254/"),
            ("https://qa.example", "http://qa.example/"), ("https://qa.example", "http://qa.example:443/"),
            ("https://qa.example:8443", "http://qa.example:8443/"),
            ("http://qa.example", "https://qa.example/"),
            ("https://qa.example:8443", "https://qa.example/"), ("https://qa.example", "https://evil.test/"),
        ])
    func outside(_ entry: String, _ url: String) throws { #expect(try !allows([entry], url)) }

    /// Either the URL is no destination at all, or it is one that the list does not allow.
    private func refuses(_ entry: String, _ url: String) throws -> Bool {
        do { return try !allows([entry], url) } catch is InvalidValue { return true }
    }

    @Test(
        "the same address in another spelling is allowed: libcurl connects to the one that is named",
        arguments: [
            "http://0x7f.1/", "http://2130706433/", "http://0177.1/", "http://0x7F000001/", "http://127.0.1/",
            "http://%31%32%37.0.0.1/", "http://017700000001/",
        ])
    func spellings(_ url: String) throws {
        #expect(try allows(["127.0.0.1"], url))
        #expect(try MirrorURL(url).origin == "http://127.0.0.1/")
        for entry in ["0x7f.1", "2130706433", "0177.1"] { #expect(try allows([entry], url)) }
    }

    @Test(
        "another address in an odd spelling is not",
        arguments: [
            "http://0xa9.0xfe.0xa9.0xfe/", "http://2852039166/", "http://0251.0376.0251.0376/",
            "http://169.254.43518/", "http://%31%36%39.254.169.254/", "http://127.0.0.1.evil.test/",
            "http://0x7f.1.evil.test/", "http://127.0.0.2/", "http://0177.2/", "http://4294967297/",
            "http://127.0.0.256/", "http://127.0.0.1%2eevil.test/", "http://127.0.0.1%00.evil.test/",
            "http://127.0.0.1%2f.evil.test/", "http://127.0.0.1%40evil.test/", "http://127.0.0.1@evil.test/",
            "http://[::ffff:127.0.0.1]/", "http://[::127.0.0.1]/", "http://127.0.0.1\\@evil.test/",
            "http://127。0。0。2/", "http://１２７.0.0.2/",
        ])
    func otherSpellings(_ url: String) throws {
        #expect(try refuses("127.0.0.1", url))
        #expect(try refuses("qa.example", url))
    }

    /// libcurl would look up a name of other letters as IDNA makes it: what looks the same, or folds to the same, is another name.
    @Test(
        "names of other letters: compared byte for byte but for ASCII's case",
        arguments: [
            // LATIN SMALL LETTER LONG S, which is S in upper case.
            ("sta.example", "http://\u{17F}ta.example/"),
            // A dot that IDNA takes for one.
            ("qa.example", "http://qa\u{3002}example/"), ("qa.example", "http://qa.example\u{3002}/"),
            ("qa.example", "http://qa\u{FF0E}example/"),
            // FULLWIDTH, and with a letter of no width.
            ("qa.example", "http://\u{FF51}a.example/"), ("qa.example", "http://q\u{200B}a.example/"),
            ("qa.example", "http://q\u{AD}a.example/"),
            // As IDNA spells it: the list names one of the two.
            ("b\u{FC}cher.example", "http://xn--bcher-kva.example/"),
            ("xn--bcher-kva.example", "http://b\u{FC}cher.example/"),
            // Composed and decomposed.
            ("b\u{FC}cher.example", "http://bu\u{308}cher.example/"),
            ("bu\u{308}cher.example", "http://b\u{FC}cher.example/"),
            // Two dots at the end, or nothing between two.
            ("qa.example", "http://qa.example../"), ("qa.example", "http://qa..example/"),
            ("qa.example", "http://.qa.example/"), ("qa.example", "http://qa.example%00/"),
        ])
    func otherLetters(_ entry: String, _ url: String) throws { #expect(try refuses(entry, url)) }

    /// A libcurl with IDNA makes one name of each pair, one without it looks up two.
    @Test(
        "names that Unicode takes for the same are not the same",
        arguments: [
            // KELVIN SIGN, which is k in lower case.
            ("kilo.example", "http://\u{212A}ilo.example/"), ("\u{212A}ilo.example", "http://kilo.example/"),
            // A capital beyond ASCII.
            ("b\u{FC}cher.example", "http://b\u{DC}cher.example/"),
        ])
    func foldedLetters(_ entry: String, _ url: String) throws {
        #expect(try refuses(entry, url))
    }

    @Test(
        "what is no host",
        arguments: [
            "", "a/b", "ftp://a", "https://", "https:/a", "https://a/", "https://http://a", "a/\u{301}b",
            "a:b", "a:99999", "u@a", "a?b", "a#b", "::1", "a b", "b\u{FC}cher.example",
            "a..b", ".a", "a:+80", "a~b",
        ])
    func malformed(_ text: String) {
        #expect(throws: InvalidValue.self) { try AllowedDestinations.Entry(text) }
    }

    @Test("a name that cannot be looked up is told as one")
    func reason() {
        let error = #expect(throws: InvalidValue.self) {
            try AllowedDestinations.Entry("b\u{FC}cher.example")
        }
        #expect(error?.accepted.contains("xn--") == true)
    }

    @Test("a setting cannot leave the list, and says which destinations are in it")
    func setting() throws {
        var settings = Settings(destination: DestinationSettings(url: try MirrorURL("http://qa.example/")))
        settings.allowedDestinations.entries = [try .init("qa.example"), try .init("audit.example:8443")]
        let error = #expect(throws: InvalidValue.self) {
            try settings.set(.url, to: "http://evil.test/")
        }
        #expect(
            error?.sentence
                == "Invalid URL: 'http://evil.test:80' is not a destination that --allow-destination names (qa.example, audit.example:8443)."
        )
        #expect(settings.destination.url.text == "http://qa.example/")
        try settings.set(.url, to: "https://audit.example:8443/x")
        #expect(settings.destination.url.text == "https://audit.example:8443/x")
    }
}
