import Testing

@testable import SPOP

@Suite("Header blocks")
struct HeaderReaderTests {
    private func binary(_ pairs: [(String, String)], end: [UInt8] = [0, 0]) -> [UInt8] {
        pairs.flatMap { FrameBuilder.string($0.0) + FrameBuilder.string($0.1) } + end
    }

    private func read(_ block: [UInt8], _ form: HeaderReader.Form) throws -> [[String]] {
        var fields = HeaderReader(block.span.bytes, form: form)
        var result: [[String]] = []
        while let field = try fields.next() {
            result.append([block.span.bytes.text(field.name), block.span.bytes.text(field.value)])
        }
        return result
    }

    @Test func binaryForm() throws {
        let block = binary([("Host", "a"), ("x", ""), ("x", "b, c")])
        #expect(try read(block, .binary) == [["Host", "a"], ["x", ""], ["x", "b, c"]])
        #expect(try read([0, 0], .binary) == [])
        #expect(try read([], .binary) == [])
    }

    @Test(
        "binary blocks that lie",
        arguments: [
            [1, 0x61, 1, 0x62], [1, 0x61], [0], [0, 1, 0x61], [0, 0, 0], [200, 0x61],
            [0xFF, 0xFF, 0xFF, 0x7F, 0x61],
        ] as [[UInt8]])
    func badBinary(_ block: [UInt8]) {
        #expect(throws: DecodeError.self) { try read(block, .binary) }
    }

    @Test func textForm() throws {
        #expect(
            try read(Array("Host: a\r\nx:\r\ny:  b: c \r\n\r\n".utf8), .text)
                == [["Host", "a"], ["x", ""], ["y", "b: c"]])
        #expect(try read(Array("Host: a\r\n".utf8), .text) == [["Host", "a"]])
        #expect(try read(Array("\r\n".utf8), .text) == [])
        #expect(try read([], .text) == [])
    }

    @Test(
        "text blocks that lie",
        arguments: ["Host: a", "Host\r\n\r\n", ": a\r\n\r\n", "Host: a\r\n\r\nx", "a\r"])
    func badText(_ block: String) {
        #expect(throws: DecodeError.self) { try read(Array(block.utf8), .text) }
    }
}
