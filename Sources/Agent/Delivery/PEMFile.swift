internal import COpenSSL
internal import Glibc

/// Files that OpenSSL reads.
enum PEMFile {
    /// False for what is there and is something else: opening a pipe would wait for somebody to write into it.
    static func isRegular(_ file: String) -> Bool {
        var status = stat()
        return unsafe stat(file, &status) != 0 || status.st_mode & S_IFMT == S_IFREG
    }

    /// What OpenSSL says of the call that has failed, if anything.
    static func reason() -> String? {
        let reason = unsafe ERR_reason_error_string(ERR_peek_error()).map { unsafe String(cString: $0) }
        ERR_clear_error()
        return reason
    }
}
