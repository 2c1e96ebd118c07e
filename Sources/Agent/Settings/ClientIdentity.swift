internal import COpenSSL

/// The agent's own certificate with its chain, and its key, read once and shared by all connections of all workers.
///
/// libcurl would read the files for each connection: a worker would wait for the disk, and every copy would fail from the moment
/// somebody writes one of them.
@safe final class ClientIdentity: Sendable, Equatable {
    /// An SSL_CTX that nothing but its certificate and key is wanted of.
    nonisolated(unsafe) private let context: OpaquePointer
    /// It took the place of another one: in a TLS session that goes on, nobody asks for a certificate.
    let endsSessions: Bool
    /// Where it was read.
    private let file: String

    /// Reads the certificate and what is behind it in a PEM file, and the key in another one, or in the same.
    /// `endsSessions` says that it is to replace another identity.
    init(certificate: String, key: String?, endsSessions: Bool = false) throws(UsageError) {
        guard let method = unsafe TLS_client_method(), let context = unsafe SSL_CTX_new(method) else {
            fatalError("OpenSSL has no memory to start with")
        }
        unsafe self.context = context
        self.endsSessions = endsSessions
        file = certificate
        try readCertificate()
        try readKey(key ?? certificate, isAlone: key != nil)
    }

    deinit { unsafe SSL_CTX_free(context) }

    static func == (one: ClientIdentity, other: ClientIdentity) -> Bool { one === other }

    private func readCertificate() throws(UsageError) {
        guard PEMFile.isRegular(file) else {
            throw UsageError("--tls-cert", file, "is not a regular file")
        }
        ERR_clear_error()
        guard unsafe SSL_CTX_use_certificate_chain_file(context, file) == 1 else {
            throw UsageError(
                "--tls-cert", file, "cannot be used as a certificate in PEM", PEMFile.reason())
        }
    }

    private func readKey(_ file: String, isAlone: Bool) throws(UsageError) {
        let option = isAlone ? "--tls-key" : "--tls-cert without --tls-key"
        guard PEMFile.isRegular(file) else { throw UsageError(option, file, "is not a regular file") }
        ERR_clear_error()
        guard let input = unsafe BIO_new_file(file, "r") else {
            throw UsageError(option, file, "cannot be read", PEMFile.reason())
        }
        defer { unsafe BIO_free(input) }
        // OpenSSL would ask on the terminal for a pass phrase, and wait.
        var isLocked = false
        let key = unsafe withUnsafeMutablePointer(to: &isLocked) {
            unsafe PEM_read_bio_PrivateKey(
                input, nil,
                { _, _, _, isLocked in
                    unsafe isLocked?.assumingMemoryBound(to: Bool.self).pointee = true
                    return -1
                }, $0)
        }
        guard let key = unsafe key else {
            if isLocked {
                throw UsageError(
                    option, file,
                    "has a key with a pass phrase: remove the pass phrase (openssl pkey -in ... -out ...)"
                )
            }
            ERR_clear_error()
            throw UsageError(option, file, "has no private key in PEM that can be read")
        }
        defer { unsafe EVP_PKEY_free(key) }
        guard unsafe SSL_CTX_use_PrivateKey(context, key) == 1, unsafe SSL_CTX_check_private_key(context) == 1
        else {
            ERR_clear_error()
            throw UsageError(
                option, file,
                "has a key that does not belong to the certificate in \(self.file.debugDescription)")
        }
    }

    /// Shows the mirror who is there. False when the context of the connection does not take it.
    func use(in connection: OpaquePointer) -> Bool { unsafe shim_share_identity(context, connection) == 1 }

    /// What is worth a warning: the mirror may not care.
    var warning: String? {
        guard let certificate = unsafe SSL_CTX_get0_certificate(context) else { return nil }
        let name = file.debugDescription
        if unsafe X509_cmp_current_time(X509_get0_notAfter(certificate)) < 0 {
            return "--tls-cert: the certificate in \(name) has expired"
        }
        if unsafe X509_cmp_current_time(X509_get0_notBefore(certificate)) > 0 {
            return "--tls-cert: the certificate in \(name) is not valid yet"
        }
        return nil
    }
}
