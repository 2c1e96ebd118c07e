internal import CLinux
internal import Glibc
internal import System

/// The bound on what one call into libcurl may take of the thread: it reads a socket for as long as there is something that it
/// understands. Frames of HTTP/2 or TLS without content, from a mirror that is fast enough, would keep it for ever.
enum CallGuard {
    /// Call it once on each thread that makes such calls. It reports to `client` when there is no bound.
    static func begin(for client: (any TransportClient)?) {
        guard linux_guard_start() != 0 else { return }
        client?.transportLacks(
            "no timer for calls into libcurl, a mirror that sends without end is not cut off",
            SystemError.text(of: errno))
    }

    /// True when the call lasted so long that all connections of this thread to mirrors were shut down.
    static func cutsOff(_ call: () -> Void) -> Bool {
        linux_guard_enter()
        call()
        return linux_guard_leave() != 0
    }
}
