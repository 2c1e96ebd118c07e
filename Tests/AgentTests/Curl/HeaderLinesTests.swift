import CLibcurl
import Testing

@testable import Agent

@Suite("libcurl's list of header lines")
struct HeaderLinesTests {
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
}
