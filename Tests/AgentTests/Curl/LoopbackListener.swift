import CLinux
import Foundation
import Glibc
import System
import Testing

/// A TCP port of the loopback network, in the hands of the test: nothing is accepted, read or written unless it says so.
final class LoopbackListener {
    let port: UInt16
    private let descriptor: Descriptor
    /// Connections that nobody accepts.
    private var fillers: [Int32] = []

    /// At `address`; `port` 0 takes a free one.
    init(_ address: String = "127.0.0.1", port: UInt16 = 0, backlog: Int32 = 64) throws {
        descriptor = Descriptor(owning: linux_stream_socket(AF_INET))
        var one: Int32 = 1
        setsockopt(descriptor.rawValue, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
        let socket = descriptor.rawValue
        try #require(Self.address(address, port).withPointer { bind(socket, $0, $1) } == 0)
        try #require(listen(socket, backlog) == 0)
        self.port = try #require(Endpoint(of: socket, getsockname)).port
    }

    /// One that says nothing to whoever connects: its queue is full.
    static func silent(_ address: String, port: UInt16) throws -> LoopbackListener {
        let listener = try LoopbackListener(address, port: port, backlog: 0)
        while true {
            let socket = linux_stream_socket(AF_INET)
            _ = Self.address(address, port).withPointer { connect(socket, $0, $1) }
            guard Peer.isReady(socket, for: POLLOUT) else {
                close(socket)
                break
            }
            listener.fillers.append(socket)
        }
        return listener
    }

    deinit { for socket in fillers { close(socket) } }

    var url: String { "http://127.0.0.1:\(port)/" }

    /// The next connection, which must have been made.
    func accept(sourceLocation: SourceLocation = #_sourceLocation) throws -> Peer {
        let socket = linux_accept(descriptor.rawValue)
        try #require(socket >= 0, sourceLocation: sourceLocation)
        return Peer(Descriptor(owning: socket))
    }

    /// The next connection, if one has been made.
    func acceptIfThere() -> Peer? {
        guard Peer.isReady(descriptor.rawValue, for: POLLIN) else { return nil }
        let socket = linux_accept(descriptor.rawValue)
        return socket >= 0 ? Peer(Descriptor(owning: socket)) : nil
    }

    /// Sockets of this machine that wait to be connected to `port`, wherever (proc_pid_net(5)).
    static func attempts(at port: UInt16) -> Int {
        let file = FileHandle(forReadingAtPath: "/proc/self/net/tcp")
        let lines = String(decoding: (try? file?.readToEnd()) ?? Data(), as: UTF8.self)
        let wanted = ":" + String(format: "%04X", Int(port))
        return lines.split(separator: "\n").count { line in
            let words = line.split(separator: " ")
            return words.count > 3 && words[2].hasSuffix(wanted) && words[3] == "02"
        }
    }

    /// The other end of a connection.
    final class Peer {
        let descriptor: Descriptor
        init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }

        /// Where the connection comes from.
        var source: Endpoint? { Endpoint(of: descriptor.rawValue, getpeername) }

        func send(_ text: String) {
            #expect(
                Glibc.send(descriptor.rawValue, text, text.utf8.count, Int32(MSG_NOSIGNAL)) == text.utf8.count
            )
        }

        /// What has come; nil at the end.
        func receive() -> [UInt8]? {
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            let count = recv(descriptor.rawValue, &buffer, buffer.count, 0)
            return count == 0 ? nil : Array(buffer[..<max(0, count)])
        }

        /// Whether there is something to read from `socket`, or room to write.
        static func isReady(_ socket: Int32, for events: Int32) -> Bool {
            var entry = pollfd(fd: socket, events: Int16(events), revents: 0)
            return poll(&entry, 1, 0) == 1
        }

        /// Sends nothing more.
        func endSending() { shutdown(descriptor.rawValue, Int32(SHUT_WR)) }

        /// Has the connection reset when it is closed.
        func resetWhenClosed() {
            var linger = linger(l_onoff: 1, l_linger: 0)
            setsockopt(
                descriptor.rawValue, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
        }
    }

    struct Endpoint: Equatable {
        let host: String
        let port: UInt16

        init?(
            of socket: Int32,
            _ call: (Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
        ) {
            var storage = sockaddr_storage()
            var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            let numbers = withUnsafeMutablePointer(to: &storage) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    call(socket, $0, &length) == 0 ? SocketAddress.numbers(of: $0, length) : nil
                }
            }
            guard let numbers, let port = UInt16(numbers.port) else { return nil }
            (host, self.port) = (numbers.host, port)
        }
    }

    private struct Address {
        var bytes: sockaddr_in

        func withPointer(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
            withUnsafePointer(to: bytes) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
        }
    }

    private static func address(_ text: String, _ port: UInt16) -> Address {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        #expect(inet_pton(AF_INET, text, &address.sin_addr) == 1)
        return Address(bytes: address)
    }
}
