/// How connections to the mirror are made.
struct TransportSettings: Equatable, Sendable {
    /// Which HTTP the mirror is spoken to in.
    enum HTTPVersion: String, CaseIterable, Hashable, Sendable {
        case http1 = "1.1"
        /// HTTP/2 where TLS agrees on it (ALPN), else 1.1.
        case http2 = "2"
        /// HTTP/2 without asking, also in clear text.
        case http2PriorKnowledge = "2-prior-knowledge"
    }

    var httpVersion = HTTPVersion.http1
    /// PEM file of the authorities to trust; nil trusts the system's.
    var authorityFile: String?
    /// The authorities themselves; nil until a destination needs the system's.
    var trusted: TrustStore?
    /// PEM files of the agent's own certificate and key; without a key file, the key is in that of the certificate.
    var certificateFile: String?
    var keyFile: String?
    /// What was in them.
    var identity: ClientIdentity?
    /// The mirror's certificate is not verified.
    var isInsecure = false
    /// What `LinkLocal` tells may be connected to: there live the metadata services of clouds.
    var allowsLinkLocal = false
    /// Source of outgoing connections; nil lets the kernel choose.
    var source: SourceAddress?
    /// Source ports of outgoing connections; nil lets the kernel choose.
    var sourcePorts: ClosedRange<UInt16>?

    /// Whether copies may go to `destination` in HTTP/2. Over TLS its server has the last word.
    func mayBeHTTP2(to destination: MirrorURL) -> Bool {
        switch httpVersion {
        case .http1: false
        case .http2: destination.isEncrypted
        case .http2PriorKnowledge: true
        }
    }
}
