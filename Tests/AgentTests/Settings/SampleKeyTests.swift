import Testing

@testable import Agent

@Suite("Keys and salt of a sample")
struct SampleKeyTests {
    @Test(
        "what a sample can go by",
        arguments: [
            "random", "source", "cookie:sid", "header:X-Session", "query:user%5Bid%5D", "cookie:sid,source",
            "cookie:__Host-sid,cookie:ASP.NET_SessionId,header:authorization,query:a;b:c,source,random",
        ])
    func takes(_ text: String) throws { #expect(try SampleKey(text).description == text) }

    @Test(
        "and what not",
        arguments: [
            "", ",", "sid", "cookie", "cookie:", "cookie:a b", "cookie:a=b", "cookie:a;b", "header:",
            "header:x:y",
            "header:é", "query:", "query:a=b", "query:a&b", "query:a#b", "query: ", "Cookie:sid", "source:x",
            "random,source", "cookie:sid,", ",source", "cookie:sid,,source", "cookie:sid source",
            "source,source",
            "random,random", "cookie:a,cookie:a", "body:x", "cookie:\u{1}", "cookie:sid, source",
            "cookie:" + String(repeating: "a", count: 129),
            (0..<9).map { "cookie:a\($0)" }.joined(separator: ","),
        ])
    func refuses(_ text: String) {
        #expect(throws: InvalidValue(text, accepted: SampleKey.accepted)) { try SampleKey(text) }
    }

    @Test("a salt is visible ASCII, or none")
    func salt() throws {
        for text in ["none", "a", "NONE", "!~;\\'\"", String(repeating: "a", count: 128)] {
            #expect(try SampleSalt(text).text == text)
        }
        #expect(try SampleSalt("none") == .none)
        for text in ["", " ", "a b", "a\t", "é", "a\u{7f}", String(repeating: "a", count: 129)] {
            let error = #expect(throws: InvalidValue.self) { try SampleSalt(text) }
            #expect(error?.value == "...", "the error does not have it")
        }
    }
}
