import SPOP
import Testing

@testable import Agent

@Suite("Copies that are not sent")
struct UnsentCopyTests {
    /// Copies, and what `show errors` says of them.
    static let malformed: [(PayloadBuilder, String)] = {
        func fields(_ fields: (String, String)...) -> PayloadBuilder { PayloadBuilder(headers: fields) }
        let noNumber = "Content-Length is no number of bytes: "
        let breaks = "arg_id has a line break or a NUL in it"
        return [
            (PayloadBuilder(method: "GET /x"), #"the method "GET /x" is no token"#),
            (PayloadBuilder(method: ""), "arg_method is empty"),
            (PayloadBuilder(method: "GET\r\nX: y"), #"the method "GET\x0d\x0aX: y" is no token"#),
            (PayloadBuilder(path: ""), "arg_path is empty"),
            (PayloadBuilder(path: "/a b"), "the target has a blank as its byte 3"),
            (PayloadBuilder(path: "/a\n"), "the target has a control character as its byte 3"),
            (PayloadBuilder(path: "\0/"), "the target has a control character as its byte 1"),
            (fields(("host", "h"), ("a\r", "b")), #"the field name "a\x0d" is no token"#),
            (fields(("a:b", "c")), #"the field name "a:b" is no token"#),
            (fields(("a;", "")), #"the field name "a;" is no token"#),
            (
                fields(("transfer-encoding ", "chunked")), #"the field name "transfer-encoding " is no token"#
            ),
            (fields(("a", "b"), ("\tc", "d")), #"the field name "\x09c" is no token"#),
            (
                fields((String(repeating: "\u{e9}", count: 40), "d")),
                #"the field name "\#(String(repeating: #"\xc3\xa9"#, count: 32))" is no token"#
            ),
            (
                PayloadBuilder(headers: [(String, String)](repeating: ("a", ""), count: 32_768)),
                "there are over 32767 fields"
            ),
            (
                fields(("a", "1"), ("a", "b\nc: d"), ("a", "2")),
                #"the value of the field "a" has a line feed in it"#
            ),
            (fields(("x-b", "b\r\n")), #"the value of the field "x-b" has a carriage return in it"#),
            (fields(("a", "b\0")), #"the value of the field "a" has a NUL in it"#),
            (
                fields(("a", "\u{B}")),
                #"the value of the field "a" has a vertical tab or form feed at its beginning"#
            ),
            (
                fields(("a", " \u{C}b")),
                #"the value of the field "a" has a vertical tab or form feed at its beginning"#
            ),
            (fields(("host", "h"), ("HOST", "i")), "there are two Host fields, and they differ"),
            (fields(("content-length", "1x")), noNumber + #""1x""#),
            (PayloadBuilder(headers: [("content-length", "+1")], body: [1]), noNumber + #""+1""#),
            (
                fields(("content-length", String(repeating: "9", count: 80))),
                noNumber + #""\#(String(repeating: "9", count: 64))""#
            ),
            (
                PayloadBuilder(headers: [("content-length", "1"), ("a", "b"), ("Content-Length", "2")]),
                #"there are two Content-Length: "1" and "2""#
            ),
            (
                fields(("content-length", "1"), ("Content-Length", "2x")), noNumber + #""2x""#
            ),
            (
                PayloadBuilder(headers: [("content-length", "1")], body: [1, 2]),
                "the body has 2 bytes, Content-Length says 1: is arg_body=req.body?"
            ),
            (
                PayloadBuilder(headers: [("content-length", "3")], body: [1, 2], isWhole: true),
                "the body is shorter than Content-Length says, and HAProxy had all of it: is arg_body=req.body?"
            ),
            (PayloadBuilder(id: "a\r\nb: c"), breaks), (PayloadBuilder(id: "a\0"), breaks),
        ]
    }()

    @Test("what cannot be sent as it is, is not sent, and said", arguments: malformed.indices)
    func isNotSent(_ index: Int) {
        var (builder, detail) = Self.malformed[index]
        #expect(PayloadBuilder.problem(of: builder.bytes) == detail)
        guard builder.headers.allSatisfy({ !$0.0.contains(":") && !$0.1.contains("\r\n") }) else { return }
        builder.usesTextHeaders = true
        // The text form is one of lines: blanks around a value are not in it.
        if !detail.hasSuffix("beginning") { #expect(PayloadBuilder.problem(of: builder.bytes) == detail) }
    }

    @Test("a head that libcurl would not send as it is, is not sent", arguments: [0, 1, 2])
    func longHead(_ part: Int) throws {
        func copy(_ count: Int) -> PayloadBuilder {
            let long = String(repeating: "a", count: count)
            return PayloadBuilder(
                method: part == 0 ? long : "GET", path: part == 1 ? "/\(long)" : "/",
                headers: [("host", "h")] + (part == 2 ? [("x", long)] : []))
        }
        #expect(throws: Refusal.tooLarge) { try copy(983_041).render() }
        #expect(try copy(982_000).render().headers.first == "host: h")
    }

    @Test("sizes and flags of a wrong type are malformed copies")
    func wrongSizes() {
        var payload = PayloadBuilder(size: -1).bytes
        #expect(throws: Refusal.malformed(.wrongType)) { try PayloadBuilder.render(payload) }
        payload = PayloadBuilder(isWhole: true).bytes
        payload[payload.count - 1] = 0
        #expect(throws: Never.self, "NULL is a sample that gave nothing") {
            try PayloadBuilder.render(payload)
        }
    }
}
