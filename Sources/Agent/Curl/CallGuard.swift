internal import CLinux

/// The bound on what one call into libcurl may take of the thread: it reads a socket for as long as there is something that it
/// understands. Frames of HTTP/2 or TLS without content, from a mirror that is fast enough, would keep it for ever.
enum CallGuard {
    /// True when the call lasted so long that all connections of this thread to mirrors were shut down.
    static func cutsOff(_ call: () -> Void) -> Bool {
        linux_guard_enter()
        call()
        return linux_guard_leave() != 0
    }
}
