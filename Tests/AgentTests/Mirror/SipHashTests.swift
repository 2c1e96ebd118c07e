import Testing

@testable import Agent

/// The vectors that the authors of SipHash publish (github.com/veorq/SipHash, vectors.h): the key is 00 01 .. 0f, and the text
/// of each length is 00 01 02 ...
@Suite("SipHash-2-4")
struct SipHashTests {
    private static let vectors = """
        310e0edd47db6f72 fd67dc93c539f874 5a4fa9d909806c0d 2d7efbd796666785 b7877127e09427cf 8da699cd64557618
        cee3fe586e46c9cb 37d1018bf50002ab 6224939a79f5f593 b0e4a90bdf82009e f3b9dd94c5bb5d7a a7ad6b22462fb3f4
        fbe50e86bc8f1e75 903d84c02756ea14 eef27a8e90ca23f7 e545be4961ca29a1 db9bc2577fcc2a3f 9447be2cf5e99a69
        9cd38d96f0b3c14b bd6179a71dc96dbb 98eea21af25cd6be c7673b2eb0cbf2d0 883ea3e395675393 c8ce5ccd8c030ca8
        94af49f6c650adb8 eab8858ade92e1bc f315bb5bb835d817 adcf6b0763612e2f a5c91da7acaa4dde 716595876650a2a6
        28ef495c53a387ad 42c341d8fa92d832 ce7cf2722f512771 e37859f94623f3a7 381205bb1ab0e012 ae97a10fd434e015
        b4a31508beff4d31 81396229f0907902 4d0cf49ee5d4dcca 5c73336a76d8bf9a
        """

    /// As little-endian words.
    private static let expected: [UInt64] = vectors.split(whereSeparator: \.isWhitespace).compactMap {
        UInt64($0, radix: 16)?.byteSwapped
    }

    @Test("texts of every length up to some words")
    func published() {
        #expect(Self.expected.count == 40)
        let hash = SipHash(key: (0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908))
        for (length, expected) in Self.expected.enumerated() {
            let text = (0..<length).map { UInt8($0) }
            let alone = hash.hash(of: text.span.bytes)
            // Wherever they stand.
            let padded = [0xFF, 0xFE, 0xFD] + text + [0xFC]
            let inside = hash.hash(of: padded.span.bytes.extracting(3..<3 + length))
            #expect(alone == expected && inside == expected, "\(length)")
        }
    }
}
