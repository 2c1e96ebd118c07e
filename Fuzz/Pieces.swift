/// An input that is a stream and the ways to cut it: the lower seven bits of its first byte tell how many bytes follow that
/// are lengths of pieces; the rest is the stream. The upper bit is the fuzzer's to use.
struct Pieces {
    let bit: Bool
    let stream: ArraySlice<UInt8>
    let pieces: [ArraySlice<UInt8>]

    /// Nil for an input that is shorter than it says.
    init?(_ input: [UInt8]) {
        guard let first = input.first, input.count > Int(first & 0x7F) else { return nil }
        bit = first & 0x80 != 0
        let lengths = input[1..<(1 + Int(first & 0x7F))]
        stream = input[(1 + lengths.count)...]
        var rest = stream
        var pieces: [ArraySlice<UInt8>] = []
        for length in lengths {
            pieces.append(rest.prefix(Int(length)))
            rest = rest.dropFirst(Int(length))
        }
        self.pieces = pieces + [rest]
    }
}
