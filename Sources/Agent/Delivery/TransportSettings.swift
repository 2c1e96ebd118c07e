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
    /// PEM files of the agent's own certificate and key; without a key file, the key is in that of the certificate.
    var certificateFile: String?
    var keyFile: String?
    /// What was in them.
    var identity: ClientIdentity?
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
    /// Whether copies may go to `destination` in HTTP/2. Over TLS its server has the last word.
    func mayBeHTTP2(to destination: Destination) -> Bool {
        switch httpVersion {
        case .http1: false
        case .http2: destination.isEncrypted
        case .http2PriorKnowledge: true
        }
    }

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
        transfer.wantsHTTP2 = httpVersion != .http1
        transfer.isSingleUse = httpVersion == .http2PriorKnowledge && !Self.canReusePriorKnowledge
        unsafe shim_easy_set_long(handle, CURLOPT_FRESH_CONNECT, transfer.isSingleUse ? 1 : 0)
        unsafe shim_easy_set_long(handle, CURLOPT_SSL_VERIFYPEER, isInsecure ? 0 : 1)
        unsafe shim_easy_set_long(handle, CURLOPT_SSL_VERIFYHOST, isInsecure ? 0 : 2)
        unsafe TrustStore.prepare(handle)
        transfer.trusted = trusted
        transfer.identity = identity
        let mayGoOn = trusted?.endsSessions != true && identity?.endsSessions != true
        unsafe shim_easy_set_long(handle, CURLOPT_SSL_SESSIONID_CACHE, mayGoOn ? 1 : 0)
        unsafe shim_easy_set_ssl_context_function(
            handle, { unsafe connectionBegins($1, of: $2) }, Unmanaged.passUnretained(transfer).toOpaque())
        unsafe MirrorSocket.setFunctions(of: handle, allowsLinkLocal: allowsLinkLocal)
        unsafe shim_easy_set_string(handle, CURLOPT_INTERFACE, source)
        unsafe shim_easy_set_long(handle, CURLOPT_LOCALPORT, Int(sourcePorts?.lowerBound ?? 0))
        unsafe shim_easy_set_long(handle, CURLOPT_LOCALPORTRANGE, sourcePorts?.count ?? 1)
    }
}

/// CURLOPT_SSL_CTX_FUNCTION(3): a connection of `transfer`'s gets what it verifies with, and what it shows. Without authorities it
/// trusts nobody.
private func connectionBegins(
    _ context: UnsafeMutableRawPointer?, of transfer: UnsafeMutableRawPointer?
) -> CURLcode {
    guard let context = unsafe context.map({ OpaquePointer($0) }), let transfer = unsafe transfer
    else {
        return CURLE_OK
    }
    let owner = unsafe Unmanaged<Transfer>.fromOpaque(transfer).takeUnretainedValue()
    unsafe owner.trusted?.use(in: context)
    guard let identity = owner.identity else { return CURLE_OK }
    return unsafe identity.use(in: context) ? CURLE_OK : CURLE_SSL_CERTPROBLEM
}
