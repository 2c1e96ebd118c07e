internal import Glibc

/// Writing to a file, a pipe or a terminal.
package enum Output {
    /// Writes all of `text` and blocks until that is done; returns 0, or `errno`.
    package static func write(_ text: String, to descriptor: Int32) -> Int32 {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                _ = Poll.wait(descriptor, POLLOUT, milliseconds: -1)
            } else if errno != EINTR {
                return errno
            }
        }
        return 0
    }
}
