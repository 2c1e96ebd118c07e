internal import CLibcurl
internal import COpenSSL
internal import Glibc

/// The authorities that mirrors' certificates are verified with, read once and shared by all connections of all workers.
///
/// libcurl would read them for the first connection of each worker and once a day from then on, 30 ms for those of a system,
/// in which that worker acknowledges nothing.
@safe final class TrustStore: Sendable, Equatable {
    /// An X509_STORE, which has a lock of its own (X509_STORE_new(3)).
    nonisolated(unsafe) private let store: OpaquePointer
    /// It trusts nobody.
    let isEmpty: Bool
    /// It took the place of one that may have trusted others. In a TLS session that goes on nobody looks at certificates.
    let endsSessions: Bool

    /// Trusts nobody.
    init() {
        unsafe store = Self.make()
        isEmpty = true
        endsSessions = false
    }

    /// Reads the authorities in a PEM file or, without one, those that libcurl was built to trust. Not for a worker's thread: it
    /// takes tens of milliseconds. `endsSessions` says that it is to replace another one.
    init(file: String?, endsSessions: Bool = false) throws(UsageError) {
        if let file, !PEMFile.isRegular(file) {
            throw UsageError("--tls-ca", file, "is not a regular file")
        }
        // All is set before it may throw: else `deinit` would not run.
        unsafe store = Self.make()
        isEmpty = false
        self.endsSessions = endsSessions
        ERR_clear_error()
        guard let file else {
            guard readSystem() else { throw UsageError(Self.noAuthorities) }
            return
        }
        guard unsafe X509_STORE_load_locations(store, file, nil) == 1,
            unsafe shim_store_has_certificate(store) == 1
        else {
            throw UsageError(
                "--tls-ca", file, "cannot be read as certificates in PEM",
                PEMFile.reason() ?? "there are none")
        }
    }

    deinit { unsafe X509_STORE_free(store) }

    static func == (one: TrustStore, other: TrustStore) -> Bool { one === other }

    /// A file or, where there is none, a directory; OpenSSL reads its certificates when it needs them.
    private func readSystem() -> Bool {
        guard let version = unsafe shim_version() else { return false }
        if let file = unsafe version.pointee.cainfo, unsafe access(file, R_OK) == 0 {
            return unsafe X509_STORE_load_locations(store, file, nil) == 1
        }
        guard let directory = unsafe version.pointee.capath, unsafe access(directory, R_OK) == 0 else {
            return false
        }
        return unsafe X509_STORE_load_locations(store, nil, directory) == 1
    }

    private static func make() -> OpaquePointer {
        // As everywhere: without memory there is no going on.
        guard let store = unsafe X509_STORE_new() else { fatalError("OpenSSL has no memory to start with") }
        // As libcurl has it: what is trusted need not be the root of its chain. Before 8.3 it sets both for each connection, by
        // any thread: here, so that nothing changes then.
        unsafe X509_STORE_set_flags(store, UInt(X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_TRUSTED_FIRST))
        return unsafe store
    }

    /// Has certificates of the connection verified with the store, which must live as long as the connection is made.
    func use(in connection: OpaquePointer) { unsafe SSL_CTX_set1_cert_store(connection, store) }

    /// What there is to say when nobody is trusted.
    static let noAuthorities =
        "no https mirror is trusted: this system has no authorities that can be read (--tls-ca names a file of them)"

    /// Throws unless libcurl's TLS library, as `curl_version_info_data` names it, is the OpenSSL that is linked here: what libcurl
    /// hands over is used with it.
    static func checkLibrary(_ name: String = nameOfLibrary) throws(TrustError) {
        guard !name.hasPrefix("OpenSSL/\(OPENSSL_version_major()).") else { return }
        throw TrustError(
            description:
                "libcurl's TLS library is \(name.isEmpty ? "none" : name); the agent needs OpenSSL \(OPENSSL_version_major())"
        )
    }

    private static var nameOfLibrary: String {
        unsafe shim_version()?.pointee.ssl_version.map { unsafe String(cString: $0) } ?? ""
    }
}

/// libcurl was built with another TLS library.
struct TrustError: Error, CustomStringConvertible {
    let description: String
}

extension DestinationSettings {
    /// Reads the system's authorities when the mirror is the first to need them. That takes tens of milliseconds: workers
    /// get settings that have them.
    mutating func readAuthorities() {
        guard url.isEncrypted, !transport.isInsecure, transport.trusted?.isEmpty ?? true else { return }
        transport.trusted = (try? TrustStore(file: nil)) ?? TrustStore()
    }

    /// The mirror cannot be verified.
    var trustsNobody: Bool { url.isEncrypted && transport.trusted?.isEmpty == true }
}
