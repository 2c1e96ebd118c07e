// Header bytes are not text in any particular encoding. Read as ISO 8859-1, in which every byte is a character,
// they can be compared and printed as strings without losing any.

extension String {
    init(latin1 bytes: some Sequence<UInt8>) {
        var scalars = String.UnicodeScalarView()
        scalars.append(contentsOf: bytes.lazy.map { Unicode.Scalar($0) })
        self.init(scalars)
    }

    /// The bytes of a string that holds no character above U+00FF.
    var latin1: [UInt8] {
        unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
    }
}
