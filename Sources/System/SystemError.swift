internal import Glibc

/// A system call that failed.
package struct SystemError: Error, CustomStringConvertible {
    /// What was tried, as a phrase: "bind 127.0.0.1:12345".
    package let action: String
    /// `errno` right after the call.
    package let code: Int32

    package init(_ action: String, code: Int32 = errno) {
        self.action = action
        self.code = code
    }

    package var description: String { "cannot \(action): \(SystemError.text(of: code))" }

    /// What strerror(3) says of an `errno`.
    package static func text(of code: Int32) -> String {
        guard let text = unsafe strerror(code) else { return "error \(code)" }
        return unsafe String(cString: text)
    }
}
