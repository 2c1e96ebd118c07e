internal import Glibc

/// Owns one open file descriptor and closes it when it dies.
package struct Descriptor: ~Copyable, Sendable {
    /// The number, valid as long as the owner lives.
    package let rawValue: Int32

    /// Takes over an open descriptor.
    package init(owning rawValue: Int32) { self.rawValue = rawValue }

    /// Gives the descriptor away without closing it.
    package consuming func release() -> Int32 {
        let number = rawValue
        discard self
        return number
    }

    /// Bytes have come that nobody has read.
    package var hasUnread: Bool {
        var byte: UInt8 = 0
        return unsafe recv(rawValue, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) > 0
    }

    deinit { _ = close(rawValue) }
}
