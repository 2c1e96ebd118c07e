import Testing

@testable import Agent

/// A rendered request, read back.
struct Rendered: Equatable {
    let method: String
    let target: String
    let headers: [String]
    let body: [UInt8]

    init(_ request: MirrorRequest) {
        let layout = request.header
        let bytes = request.withUnsafeMutablePointerToElements { elements in
            Array(UnsafeBufferPointer(start: elements, count: layout.bodyEnd))
        }
        func string(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
        method = string(layout.method)
        target = string(layout.target)
        // The empty string behind the last line's end, and the empty line.
        let lines = string(layout.targetEnd..<layout.body.lowerBound).split(
            separator: "\r\n", omittingEmptySubsequences: false)
        #expect(lines.first == " HTTP/1.1" && lines.suffix(2) == ["", ""])
        headers = lines.dropFirst().dropLast(2).map(String.init)
        #expect(headers.count == layout.fieldCount)
        body = Array(bytes[layout.body])
    }
}
