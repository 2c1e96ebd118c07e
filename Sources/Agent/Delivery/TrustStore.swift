internal import CLibcurl
internal import COpenSSL
internal import Glibc

/// The authorities that mirrors' certificates are verified with, read once and shared by all connections of all workers.
///
/// libcurl would read them for the first connection of each worker and once a day from then on, 30 ms for those of a system,
/// in which that worker acknowledges nothing.
@safe final class TrustStore: Sendable {
    /// An X509_STORE, which has a lock of its own (X509_STORE_new(3)).
    nonisolated(unsafe) private let store: OpaquePointer
    /// Nothing could be read: no mirror will be trusted.
    let isEmpty: Bool

    /// The authorities in a PEM file. Not for a worker's thread: it takes long.
    init(file: String) throws(TrustError) {
        var status = stat()
        // Opening a pipe would wait for somebody to write into it.
        guard unsafe stat(file, &status) != 0 || status.st_mode & S_IFMT == S_IFREG else {
            throw TrustError(description: "\(file.debugDescription) is not a regular file")
        }
        // All is set before it may throw: else `deinit` would not run.
        unsafe store = Self.empty()
        isEmpty = false
        guard unsafe X509_STORE_load_locations(store, file, nil) == 1 else { throw TrustError(noneIn: file) }
    }

    /// Those that libcurl was built to trust: a file or, where there is none, a directory, of which certificates are read when
    /// they are wanted. Not for a worker's thread either.
    init() {
        unsafe store = Self.empty()
        let version = unsafe shim_version()
        let file = unsafe version?.pointee.cainfo.flatMap { unsafe access($0, R_OK) == 0 ? $0 : nil }
        let directory = unsafe file == nil ? version?.pointee.capath : nil
        let isRead = unsafe X509_STORE_load_locations(store, file, directory) == 1
        ERR_clear_error()
        isEmpty = unsafe !isRead || directory.map { unsafe access($0, R_OK) != 0 } ?? false
    }

    deinit { unsafe X509_STORE_free(store) }

    private static func empty() -> OpaquePointer {
        // As everywhere: without memory there is no going on.
        guard let store = unsafe X509_STORE_new() else { fatalError("OpenSSL has no memory to start with") }
        // As libcurl has it: what is trusted need not be the root of its chain.
        unsafe X509_STORE_set_flags(store, UInt(X509_V_FLAG_PARTIAL_CHAIN))
        return unsafe store
    }

    /// Has the connections that `handle` opens verified with `store`, which must live as long as they may be opened; with nil,
    /// no certificate is trusted.
    static func set(_ store: TrustStore?, of handle: UnsafeMutableRawPointer) {
        unsafe shim_easy_set_string(handle, CURLOPT_CAINFO, nil)
        unsafe shim_easy_set_string(handle, CURLOPT_CAPATH, nil)
        // libcurl would keep the first store that it sees, also after this has another one (curl issue 11800).
        unsafe shim_easy_set_long(handle, CURLOPT_CA_CACHE_TIMEOUT, 0)
        unsafe shim_easy_set_ssl_context_function(
            handle,
            { _, context, store in
                guard let context = unsafe context, let store = unsafe store else { return CURLE_OK }
                unsafe SSL_CTX_set1_cert_store(OpaquePointer(context), OpaquePointer(store))
                return CURLE_OK
            }, store.map { unsafe UnsafeMutableRawPointer($0.store) })
    }
}

extension TrustStore: Equatable {
    static func == (one: TrustStore, other: TrustStore) -> Bool { one === other }
}

/// A file of authorities has none that can be read.
struct TrustError: Error, CustomStringConvertible {
    let description: String
}

extension TrustError {
    /// OpenSSL has said why.
    fileprivate init(noneIn file: String) {
        let reason = unsafe ERR_reason_error_string(ERR_peek_last_error()).map { unsafe String(cString: $0) }
        ERR_clear_error()
        description = "\(file.debugDescription) holds no certificates in PEM: \(reason ?? "no reason given")"
    }
}
