import SPOP
import Testing

@Suite("Bytes of a payload")
struct BytesTests {
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
