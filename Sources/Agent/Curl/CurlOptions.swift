internal import CLibcurl
internal import System

extension CurlTransfer {
    /// Sets the options that a transfer has beside those of its connection. Each is set, also to its default: the handle may have
    /// had others.
    func setOptions() {
        easy.set(CURLOPT_TIMEOUT_MS, handle.settings.timeout.wholeMilliseconds)
        let version =
            switch handle.settings.transport.httpVersion {
            case .http1: CURL_HTTP_VERSION_1_1
            case .http2: CURL_HTTP_VERSION_2TLS
            case .http2PriorKnowledge: CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE
            }
        easy.set(CURLOPT_HTTP_VERSION, Int(version))
        // A request that can share a connection waits for one that is being made rather than open its own.
        easy.set(CURLOPT_PIPEWAIT, wantsHTTP2)
        easy.set(CURLOPT_FRESH_CONNECT, isSingleUse)
    }
}
