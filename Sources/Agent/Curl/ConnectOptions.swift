internal import CLibcurl
internal import COpenSSL
internal import System

extension ConnectingHandle {
    /// Sets the options that connecting needs. Each is set, also to its default: the handle may have had others.
    func setOptions() {
        let transport = settings.transport
        easy.set(CURLOPT_CONNECTTIMEOUT_MS, settings.connectTimeout.wholeMilliseconds)
        setTrust(transport)
        easy.set(CURLOPT_INTERFACE, transport.source.map(Self.spelling))
        easy.set(CURLOPT_LOCALPORT, Int(transport.sourcePorts?.lowerBound ?? 0))
        easy.set(CURLOPT_LOCALPORTRANGE, transport.sourcePorts?.count ?? 1)
    }

    /// Keeps libcurl from reading authorities on its own, so that it trusts only those that it is given.
    private func setTrust(_ transport: TransportSettings) {
        easy.set(CURLOPT_SSL_VERIFYPEER, !transport.isInsecure)
        easy.set(CURLOPT_SSL_VERIFYHOST, transport.isInsecure ? 0 : 2)
        easy.set(CURLOPT_CAINFO, nil)
        easy.set(CURLOPT_CAPATH, nil)
        if Self.readsBeforeCallback { unsafe shim_easy_set_placeholder_authority(easy.pointer) }
        // Before 8.3 it would go on with the first store that it sees, also after this has another one (curl issue 11800).
        easy.set(CURLOPT_CA_CACHE_TIMEOUT, 0)
        let mayGoOn = transport.trusted?.endsSessions != true && transport.identity?.endsSessions != true
        easy.set(CURLOPT_SSL_SESSIONID_CACHE, mayGoOn)
        unsafe shim_easy_set_ssl_context_function(
            easy.pointer, { unsafe connectionBegins($1, of: object(at: $2)) },
            Unmanaged.passUnretained(self).toOpaque())
    }

    /// From 8.3 on libcurl reads its authorities before it calls back, and those are gone then; before, it adds them to ours.
    private static let readsBeforeCallback = unsafe (shim_version()?.pointee.version_num ?? 0) >= 0x080300

    /// Says in the words of CURLOPT_INTERFACE(3) which of the two it is: for a host name, libcurl would block the whole loop.
    private static func spelling(_ source: SourceAddress) -> String {
        switch source {
        case .interface(let name): "if!\(name)"
        case .address(let address): "host!\(address)"
        }
    }
}

/// CURLOPT_SSL_CTX_FUNCTION(3): a connection of `transfer`'s gets what it verifies with, and what it shows. Without authorities it
/// trusts nobody.
private func connectionBegins(_ context: UnsafeMutableRawPointer?, of handle: ConnectingHandle?) -> CURLcode {
    guard let context = unsafe context.map({ OpaquePointer($0) }), let handle else { return CURLE_OK }
    let transport = handle.settings.transport
    if !handle.protocols.isEmpty {
        unsafe SSL_CTX_set_alpn_protos(context, handle.protocols, UInt32(handle.protocols.count))
    }
    unsafe transport.trusted?.use(in: context)
    return unsafe transport.identity?.use(in: context) == false ? CURLE_SSL_CERTPROBLEM : CURLE_OK
}
