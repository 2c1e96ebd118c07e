internal import CLibcurl
internal import System

extension CurlTransfer {
    /// Sets the handle's options. Each is set, also to its default: the handle may have had others.
    func setOptions() {
        let transport = settings.transport
        handle.set(CURLOPT_CONNECTTIMEOUT_MS, settings.connectTimeout.wholeMilliseconds)
        handle.set(CURLOPT_TIMEOUT_MS, settings.timeout.wholeMilliseconds)
        let version =
            switch transport.httpVersion {
            case .http1: CURL_HTTP_VERSION_1_1
            case .http2: CURL_HTTP_VERSION_2TLS
            case .http2PriorKnowledge: CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE
            }
        handle.set(CURLOPT_HTTP_VERSION, Int(version))
        // A request that can share a connection waits for one that is being made rather than open its own.
        handle.set(CURLOPT_PIPEWAIT, wantsHTTP2)
        handle.set(CURLOPT_FRESH_CONNECT, isSingleUse)
        setTrust(transport)
        handle.set(CURLOPT_INTERFACE, transport.source.map(Self.spelling))
        handle.set(CURLOPT_LOCALPORT, Int(transport.sourcePorts?.lowerBound ?? 0))
        handle.set(CURLOPT_LOCALPORTRANGE, transport.sourcePorts?.count ?? 1)
    }

    /// What libcurl reads of its own accord is kept from it, so that the authorities that it is given are all.
    private func setTrust(_ transport: TransportSettings) {
        handle.set(CURLOPT_SSL_VERIFYPEER, !transport.isInsecure)
        handle.set(CURLOPT_SSL_VERIFYHOST, transport.isInsecure ? 0 : 2)
        handle.set(CURLOPT_CAINFO, nil)
        handle.set(CURLOPT_CAPATH, nil)
        if Self.readsBeforeCallback { unsafe shim_easy_set_placeholder_authority(handle.pointer) }
        // Before 8.3 it would go on with the first store that it sees, also after this has another one (curl issue 11800).
        handle.set(CURLOPT_CA_CACHE_TIMEOUT, 0)
        let mayGoOn = transport.trusted?.endsSessions != true && transport.identity?.endsSessions != true
        handle.set(CURLOPT_SSL_SESSIONID_CACHE, mayGoOn)
        unsafe shim_easy_set_ssl_context_function(
            handle.pointer, { unsafe connectionBegins($1, of: object(at: $2)) },
            Unmanaged.passUnretained(self).toOpaque())
    }

    /// From 8.3 on libcurl reads its authorities before it calls back, and those are gone then; before, it adds them to ours.
    private static let readsBeforeCallback = unsafe (shim_version()?.pointee.version_num ?? 0) >= 0x080300

    /// CURLOPT_INTERFACE(3) is told which of the two it is: a host name would be looked up with a call that blocks the whole loop.
    private static func spelling(_ source: SourceAddress) -> String {
        switch source {
        case .interface(let name): "if!\(name)"
        case .address(let address): "host!\(address)"
        }
    }
}

/// CURLOPT_SSL_CTX_FUNCTION(3): a connection of `transfer`'s gets what it verifies with, and what it shows. Without authorities it
/// trusts nobody.
private func connectionBegins(_ context: UnsafeMutableRawPointer?, of transfer: CurlTransfer?) -> CURLcode {
    guard let context = unsafe context.map({ OpaquePointer($0) }),
        let transport = transfer?.settings.transport
    else { return CURLE_OK }
    unsafe transport.trusted?.use(in: context)
    return unsafe transport.identity?.use(in: context) == false ? CURLE_SSL_CERTPROBLEM : CURLE_OK
}
