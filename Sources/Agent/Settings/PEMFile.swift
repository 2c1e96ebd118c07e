internal import COpenSSL
internal import Glibc
internal import System

/// Files that OpenSSL reads.
enum PEMFile {
    /// False for what is there and is something else: opening a pipe would wait for somebody to write into it.
    static func isRegular(_ file: String) -> Bool {
        var status = stat()
        return unsafe stat(file, &status) != 0 || status.st_mode & S_IFMT == S_IFREG
    }

    /// What OpenSSL, or the system behind it, says of the call that has failed, if anything.
    static func reason() -> String? {
        let code = ERR_peek_error()
        defer { ERR_clear_error() }
        // ERR_SYSTEM_ERROR: the rest is errno.
        guard code & 0x8000_0000 == 0 else { return SystemError.text(of: Int32(code & 0x7FFF_FFFF)) }
        return unsafe ERR_reason_error_string(code).map { unsafe String(cString: $0) }
    }
}
