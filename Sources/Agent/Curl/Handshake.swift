internal import COpenSSL
internal import Glibc
internal import System

/// What a TLS handshake has come to, for an operator.
struct Handshake: Equatable {
    /// `TLS 1.3`.
    let version: String
    /// The other end has chosen HTTP/2 (ALPN).
    let speaksHTTP2: Bool
    /// The common name in the certificate, in printable ASCII; empty when it has none.
    let name: String
    /// The last day on which the certificate is valid, `2027-01-02`; nil when none was shown.
    let validUntil: String?

    /// Bytes of a name, with its NUL: more than a common name may have (RFC 5280, appendix A.1).
    private static let longestName = 256

    /// Of an SSL whose handshake is over.
    @unsafe init(_ tls: OpaquePointer) {
        let text = unsafe String(cString: SSL_get_version(tls))
        version = text.hasPrefix("TLSv") ? "TLS \(text.dropFirst(4))" : text
        var chosen: UnsafePointer<UInt8>?
        var length: UInt32 = 0
        unsafe SSL_get0_alpn_selected(tls, &chosen, &length)
        let chosenName = unsafe UnsafeBufferPointer(start: chosen, count: Int(length))
        speaksHTTP2 = unsafe chosenName.elementsEqual("h2".utf8)
        var until = unsafe tm()
        var bytes = [CChar](repeating: 0, count: Self.longestName)
        guard unsafe shim_peer_certificate(tls, &until, &bytes, Int32(bytes.count)) == 1 else {
            (name, validUntil) = ("", nil)
            return
        }
        name = PrintableText.sentence(bytes.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)))
        func number(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
        validUntil =
            unsafe "\(Int(until.tm_year) + 1900)-\(number(until.tm_mon + 1))-\(number(until.tm_mday))"
    }

    /// `TLS 1.3, certificate of qa until 2027-01-02`.
    func text(tellsHTTP: Bool, isVerified: Bool) -> String {
        var parts = [version]
        if tellsHTTP { parts.append(speaksHTTP2 ? "HTTP/2" : "HTTP/1.1") }
        if let validUntil {
            parts.append("certificate\(name.isEmpty ? "" : " of \(name)") until \(validUntil)")
        }
        if !isVerified { parts.append("not verified") }
        return parts.joined(separator: ", ")
    }
}
