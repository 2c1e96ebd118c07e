import SPOP
import Testing

@testable import Agent

/// How many fields a copy may have, and what they cost.
@Suite("Fields of a copy")
struct FieldLimitsTests {
    @Test("As many as HAProxy can have, and as many names in Connection as any client likes")
    func most() throws {
        let fields = [(String, String)](repeating: ("a", ""), count: 32_767)
        #expect(try PayloadBuilder(headers: fields).render().headers.count == 32_768)
        let names = (0..<1_000).map { "x\($0)" }
        let copy = PayloadBuilder(
            headers: [("host", "h"), ("connection", names.joined(separator: ","))] + names.map { ($0, "1") })
        #expect(try copy.render().headers == ["host: h"] + names.map { "\($0): 1" })
    }

    @Test("The list that libcurl reads counts as memory of the copy")
    func memory() throws {
        let payload = PayloadBuilder(headers: [(String, String)](repeating: ("a", ""), count: 1000)).bytes
        let arguments = try PayloadBuilder.requests(in: payload.span.bytes)
        let request = try RequestRenderer(
            url: MirrorURL("http://mirror:1/"), style: CopyStyle()
        ).render(
            #require(arguments.last), payload: payload.span.bytes,
            Arrival(id: 1, receivedAt: 0, bufferSize: 16384))
        #expect(request.memorySize >= request.header.size + 16 * 1000)
    }
}
