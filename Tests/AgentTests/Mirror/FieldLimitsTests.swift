import CLibcurl
import Glibc
import SPOP
import Testing

@testable import Agent

/// How many fields a copy may have, what they cost, and what their names may be.
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
            destination: Destination(MirrorURL("http://mirror:1/"), workers: 1), style: CopyStyle()
        ).render(
            #require(arguments.last), payload: payload.span.bytes,
            Arrival(id: 1, receivedAt: 0, bufferSize: 16384))
        #expect(request.memorySize >= request.header.size + 16 * 1000)
    }

    @Test("What a long list took is given back")
    func list() {
        let text = UnsafeMutablePointer<CChar>.allocate(capacity: 6000)
        defer { text.deallocate() }
        func write() { for index in 0..<6000 { text[index] = [0x61, 0x0D, 0x0A][index % 3] } }
        var lines = HeaderLines()
        let usual = lines.capacity
        write()
        _ = lines.link(text, 0..<6000, count: 2000)
        #expect(lines.capacity >= 2000)
        lines.trim()
        #expect(lines.capacity == usual)
        write()
        _ = lines.link(text, 0..<300, count: 100)
        lines.trim()
        #expect(lines.capacity >= 100, "a list of the usual length stays")
    }

    @Test("Lines are spelled as libcurl wants them, behind those that switch its own off")
    func spelling() {
        var text = Array("GET a: b\r\nempty:\r\nc: d:\r\ne::\r\n".utf8.map { CChar($0) })
        let count = text.count
        text.withUnsafeMutableBufferPointer { buffer in
            var lines = HeaderLines()
            var node: UnsafeMutablePointer<curl_slist>? = lines.link(buffer.baseAddress!, 4..<count, count: 4)
            var found: [String] = []
            while let line = node {
                found.append(String(cString: line.pointee.data))
                node = line.pointee.next
            }
            let own = ["Host:", "Accept:", "Content-Type:", "Expect:"]
            #expect(found == own + ["a: b", "empty;", "c: d:", "e::"])
        }
    }

    @Test("A name is a token, and nothing else is")
    func tokens() {
        let tokens = Set("!#$%&'*+-.^_`|~0123456789".utf8)
            .union(UInt8(ascii: "a")...UInt8(ascii: "z")).union(UInt8(ascii: "A")...UInt8(ascii: "Z"))
        for byte in UInt8.min...UInt8.max {
            let bytes = [byte]
            let isToken = bytes.span.bytes.isToken(0..<1)
            #expect(isToken == tokens.contains(byte), "\(byte)")
        }
        let nothing: [UInt8] = []
        let isToken = nothing.span.bytes.isToken(0..<0)
        #expect(!isToken)
    }
}
