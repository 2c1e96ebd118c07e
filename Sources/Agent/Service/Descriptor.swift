internal import Glibc

/// Owns one open file descriptor and closes it when it dies.
struct Descriptor: ~Copyable, Sendable {
    /// The number, valid as long as the owner lives.
    let rawValue: Int32

    /// Takes over an open descriptor.
    init(owning rawValue: Int32) { self.rawValue = rawValue }

    /// Gives the descriptor away without closing it.
    consuming func release() -> Int32 {
        let number = rawValue
        discard self
        return number
    }

    /// Bytes have come that nobody has read.
    var hasUnread: Bool {
        var byte: UInt8 = 0
        return unsafe recv(rawValue, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) > 0
    }

    deinit { _ = close(rawValue) }
}

/// A system call that failed.
struct SystemError: Error, CustomStringConvertible {
    /// What was tried, as a phrase: "bind 127.0.0.1:12345".
    let action: String
    /// `errno` right after the call.
    let code: Int32

    init(_ action: String, code: Int32 = errno) {
        self.action = action
        self.code = code
    }

    var description: String { "cannot \(action): \(SystemError.text(of: code))" }

    static func text(of code: Int32) -> String {
        guard let text = unsafe strerror(code) else { return "error \(code)" }
        return unsafe String(cString: text)
    }
}
