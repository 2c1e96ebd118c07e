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
            throw UsageError("LISTEN_FDS is \(text.debugDescription): accepted is a number from 1 to \(most)")
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
            option(SO_TYPE, of: descriptor) == linux_stream_type(), option(SO_ACCEPTCONN, of: descriptor) == 1
        else {
            let label = name.isEmpty ? "" : " (\(name.debugDescription))"
            throw ListenError(
                address: "descriptor \(descriptor)\(label) that the service manager passed",
                reason: "it is no listening stream socket, as ListenStream= with Accept=no makes them")
        }
        guard fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0, fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0,
            let address = address(of: descriptor)
        else {
            throw ListenError(
                address: "descriptor \(descriptor)", reason: SystemError.text(of: errno))
        }
        return address
    }

    private static func option(_ name: Int32, of descriptor: Int32) -> Int32? {
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        guard unsafe getsockopt(descriptor, SOL_SOCKET, name, &value, &length) == 0 else { return nil }
        return value
    }

    /// `127.0.0.1:12345` or `unix@/path`.
    private static func address(of descriptor: Int32) -> String? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return unsafe withUnsafeMutableBytes(of: &storage) { bytes -> String? in
            guard let base = bytes.baseAddress else { return nil }
            let address = unsafe base.assumingMemoryBound(to: sockaddr.self)
            guard unsafe getsockname(descriptor, address, &length) == 0 else { return nil }
            if unsafe bytes.load(as: sa_family_t.self) == sa_family_t(AF_UNIX) {
                let path = unsafe bytes[MemoryLayout<sa_family_t>.size..<Int(length)]
                let isAbstract = unsafe path.first == 0
                let text = unsafe String(decoding: path.drop { $0 == 0 }.prefix { $0 != 0 }, as: UTF8.self)
                return "unix@\(isAbstract ? "@" : "")\(text)"
            }
            var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            var service = [CChar](repeating: 0, count: Int(NI_MAXSERV))
            guard
                unsafe getnameinfo(
                    address, length, &host, socklen_t(host.count), &service, socklen_t(service.count),
                    NI_NUMERICHOST | NI_NUMERICSERV) == 0, let port = UInt16(text(service))
            else { return nil }
            return "\(ListenAddress.host(text(host), port: port))"
        }
    }

    private static func text(_ bytes: [CChar]) -> String {
        String(decoding: bytes.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
