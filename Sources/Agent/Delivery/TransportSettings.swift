internal import CLibcurl
internal import Glibc

/// How connections to the mirror are made.
struct TransportSettings: Hashable, Sendable {
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
    /// PEM files of the agent's own certificate and key.
    var certificateFile: String?
    var keyFile: String?
    /// The mirror's certificate is not verified.
    var isInsecure = false
    /// 169.254.0.0/16 and fe80::/10 may be connected to: there live the metadata services of clouds.
    var allowsLinkLocal = false
    /// Source interface, address or host name of outgoing connections; empty lets the kernel choose.
    var sourceInterface = ""
    /// Source ports of outgoing connections; nil lets the kernel choose.
    var sourcePorts: ClosedRange<UInt16>?
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
        unsafe shim_easy_set_long(handle, CURLOPT_SSL_VERIFYPEER, isInsecure ? 0 : 1)
        unsafe shim_easy_set_long(handle, CURLOPT_SSL_VERIFYHOST, isInsecure ? 0 : 2)
        if let authorityFile { unsafe shim_easy_set_string(handle, CURLOPT_CAINFO, authorityFile) }
        unsafe shim_easy_set_string(handle, CURLOPT_SSLCERT, certificateFile)
        unsafe shim_easy_set_string(handle, CURLOPT_SSLKEY, keyFile)
        unsafe shim_easy_set_open_socket_function(
            handle, allowsLinkLocal ? nil : { unsafe openSocket($0, $1, $2) })
        unsafe shim_easy_set_string(
            handle, CURLOPT_INTERFACE, sourceInterface.isEmpty ? nil : sourceInterface)
        unsafe shim_easy_set_long(handle, CURLOPT_LOCALPORT, Int(sourcePorts?.lowerBound ?? 0))
        unsafe shim_easy_set_long(handle, CURLOPT_LOCALPORTRANGE, sourcePorts?.count ?? 1)
    }
}

/// CURLOPT_OPENSOCKETFUNCTION(3): refuses link-local destinations, after the name is resolved, so that no name leads there.
private func openSocket(
    _: UnsafeMutableRawPointer?, _: curlsocktype, _ address: UnsafeMutablePointer<curl_sockaddr>?
) -> curl_socket_t {
    guard let address = unsafe address else { return CURL_SOCKET_BAD }
    let isRefused = unsafe withUnsafePointer(to: &address.pointee.addr) {
        unsafe LinkLocal.contains($0, length: address.pointee.addrlen)
    }
    guard !isRefused else { return CURL_SOCKET_BAD }
    return unsafe socket(
        address.pointee.family, address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue),
        address.pointee.protocol)
}
