internal import CLibcurl

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
