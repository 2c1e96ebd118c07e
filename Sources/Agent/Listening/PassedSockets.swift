internal import CLinux
internal import Glibc
internal import System

/// The listening sockets that a service manager has opened and passed on (sd_listen_fds(3)). They take the place of
/// `--address` and `--port`.
enum PassedSockets {
    /// SD_LISTEN_FDS_START.
    private static let first: Int32 = 3
    private static let most: Int32 = 64

    /// Nil when none were passed to this process. Throws when one is of a kind that HAProxy cannot connect to.
    static func fromEnvironment() throws -> ListenAddress? {
        guard let pid = Environment.value("LISTEN_PID"), pid_t(pid) == getpid(),
            let text = Environment.value("LISTEN_FDS")
        else { return nil }
        guard let count = Int32(text), 1...most ~= count else {
            throw UsageError("LISTEN_FDS is \(text.debugDescription): expected a number from 1 to \(most)")
        }
        let names = (Environment.value("LISTEN_FDNAMES") ?? "").split(
            separator: ":", omittingEmptySubsequences: false)
        let descriptors = Array(first..<(first + count))
        return .passed(
            descriptors: descriptors,
            boundTo: try descriptors.enumerated().map { index, descriptor in
                try adopt(descriptor, name: names.indices.contains(index) ? String(names[index]) : "")
            })
    }

    /// Checks one descriptor, sets its flags and returns its address.
    static func adopt(_ descriptor: Int32, name: String) throws(ListenError) -> String {
        guard
            SocketOption.value(SO_TYPE, of: descriptor) == linux_stream_type(),
            SocketOption.value(SO_ACCEPTCONN, of: descriptor) == 1
        else {
            let label = name.isEmpty ? "" : " (\(name.debugDescription))"
            throw ListenError(
                address: "descriptor \(descriptor)\(label) that the service manager passed",
                reason: "it is no listening stream socket, as ListenStream= with Accept=no makes them")
        }
        guard fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0, fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0,
            let address = SocketAddress.local(of: descriptor)
        else {
            throw ListenError(
                address: "descriptor \(descriptor)", reason: SystemError.text(of: errno))
        }
        return address
    }
}
