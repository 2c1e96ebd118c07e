import Glibc
import System
import Testing

@Suite("Addresses of sockets")
struct AddressTests {
    private let name = "@spoa-address-\(UInt64.random(in: 0 ... .max))"

    private func stream(_ family: Int32) -> Descriptor {
        Descriptor(owning: socket(family, Int32(SOCK_STREAM.rawValue), 0))
    }

    @Test("A UNIX socket is found by its name, and each end tells who the other is")
    func unix() throws {
        let error = #expect(throws: SystemError.self) { _ = try UnixAddress.connect(to: name) }
        #expect(error?.code == ECONNREFUSED)
        let listener = stream(AF_UNIX)
        try #require(UnixAddress.with(name) { bind(listener.rawValue, $0, $1) } == 0)
        try #require(listen(listener.rawValue, 1) == 0)
        #expect(SocketAddress.local(of: listener.rawValue) == "unix@\(name)")
        let client = try UnixAddress.connect(to: name)
        let server = Descriptor(owning: accept(listener.rawValue, nil, nil))
        #expect(SocketAddress.peer(of: server.rawValue) == "unix:pid=\(getpid())")
        var hasUnread = server.hasUnread
        #expect(!hasUnread)
        #expect(!Poll.wait(server.rawValue, POLLIN, milliseconds: 0))
        #expect(Output.write("text", to: client.rawValue) == 0)
        #expect(Poll.wait(server.rawValue, POLLIN, milliseconds: 1000))
        hasUnread = server.hasUnread
        #expect(hasUnread)
        let datagrams = #expect(throws: SystemError.self) {
            _ = try UnixAddress.connect(to: name, datagrams: true)
        }
        #expect(datagrams?.code == ECONNREFUSED, "it is for streams")
    }

    @Test("IP addresses are numbers, those of IPv6 in brackets")
    func internet() throws {
        #expect(SocketAddress.text(host: "::1", port: 80) == "[::1]:80")
        #expect(SocketAddress.text(host: "127.0.0.1", port: 80) == "127.0.0.1:80")
        let listener = stream(AF_INET)
        try #require(listen(listener.rawValue, 1) == 0)
        let address = try #require(SocketAddress.local(of: listener.rawValue))
        #expect(address.wholeMatch(of: /0\.0\.0\.0:\d+/) != nil, "\(address)")
        #expect(SocketAddress.peer(of: listener.rawValue) == nil)
        #expect(SocketAddress.local(of: -1) == nil)
    }

    @Test("Options are set and read back; what is no socket has none")
    func options() {
        let socket = stream(AF_INET)
        #expect(SocketOption.value(SO_KEEPALIVE, of: socket.rawValue) == 0)
        SocketOption.set(SO_KEEPALIVE, socket.rawValue, to: 1)
        #expect(SocketOption.value(SO_KEEPALIVE, of: socket.rawValue) == 1)
        #expect(SocketOption.value(SO_KEEPALIVE, of: -1) == nil)
    }
}
