internal import CLibcurl
internal import Glibc

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
    /// PEM files of the agent's own certificate and key.
    var certificateFile: String?
    var keyFile: String?
    /// The mirror's certificate is not verified.
    var isInsecure = false
    /// What `LinkLocal` tells may be connected to: there live the metadata services of clouds.
    var allowsLinkLocal = false
    /// Source of outgoing connections in libcurl's spelling, `if!NAME` or `host!ADDRESS`; nil lets the kernel choose.
    var source: String?
    /// Source ports of outgoing connections; nil lets the kernel choose.
    var sourcePorts: ClosedRange<UInt16>?

    /// libcurl before 8.0 breaks the second request on an HTTP/2 connection that was made with prior knowledge
    /// (curl issue 10634): there, each copy gets a connection of its own.
    static let canReusePriorKnowledge =
        unsafe (shim_version()?.pointee.version_num ?? 0) >= 0x080000
}

extension TransportSettings {
    /// Sets the options of an easy handle. Each is set, also to its default: the handle may have had others.
    func apply(to transfer: Transfer) {
        let handle = unsafe transfer.handle
        let version =
            switch httpVersion {
            case .http1: CURL_HTTP_VERSION_1_1
            case .http2: CURL_HTTP_VERSION_2TLS
            case .http2PriorKnowledge: CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE
            }
        unsafe shim_easy_set_long(handle, CURLOPT_HTTP_VERSION, Int(version))
        // A request that can share a connection waits for one that is being made rather than open its own.
        unsafe shim_easy_set_long(handle, CURLOPT_PIPEWAIT, httpVersion == .http1 ? 0 : 1)
        let isSingleUse = httpVersion == .http2PriorKnowledge && !Self.canReusePriorKnowledge ? 1 : 0
        unsafe shim_easy_set_long(handle, CURLOPT_FRESH_CONNECT, isSingleUse)
        unsafe shim_easy_set_long(handle, CURLOPT_FORBID_REUSE, isSingleUse)
        unsafe shim_easy_set_long(handle, CURLOPT_SSL_VERIFYPEER, isInsecure ? 0 : 1)
        unsafe shim_easy_set_long(handle, CURLOPT_SSL_VERIFYHOST, isInsecure ? 0 : 2)
        unsafe TrustStore.set(trusted, of: handle)
        transfer.trusted = trusted
        unsafe shim_easy_set_string(handle, CURLOPT_SSLCERT, certificateFile)
        unsafe shim_easy_set_string(handle, CURLOPT_SSLKEY, keyFile)
        // A key with a pass phrase is refused; without this, OpenSSL would ask on the terminal and wait.
        unsafe shim_easy_set_string(handle, CURLOPT_KEYPASSWD, "")
        MirrorSocket.setFunctions(of: transfer, allowsLinkLocal: allowsLinkLocal)
        unsafe shim_easy_set_string(handle, CURLOPT_INTERFACE, source)
        unsafe shim_easy_set_long(handle, CURLOPT_LOCALPORT, Int(sourcePorts?.lowerBound ?? 0))
        unsafe shim_easy_set_long(handle, CURLOPT_LOCALPORTRANGE, sourcePorts?.count ?? 1)
    }
}
