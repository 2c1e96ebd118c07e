/// Bytes of a client, for a line of text: what is not a printable character of ASCII, and blanks, quotes and backslashes, as
/// `\xHH`. Nothing a client sends can break a line, or look like another field of it.
package enum PrintableText {
    /// The bytes between quotes, blanks as they are: for a sentence.
    package static func quoted(_ bytes: some Sequence<UInt8>) -> String { "\"\(of(bytes, lowest: 0x20))\"" }

    /// The bytes with blanks as they are: a sentence of somebody else's.
    package static func sentence(_ bytes: some Sequence<UInt8>) -> String { of(bytes, lowest: 0x20) }

    /// The bytes as text. Bytes below `lowest` are escaped, too.
    package static func of(_ bytes: some Sequence<UInt8>, lowest: UInt8 = 0x21) -> String {
        var text = ""
        for byte in bytes {
            if byte >= lowest, byte < 0x7F, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text += byte < 16 ? "\\x0" : "\\x"
                text += String(byte, radix: 16)
            }
        }
        return text
    }
}
