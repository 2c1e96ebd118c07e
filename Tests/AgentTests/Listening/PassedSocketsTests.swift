import CLinux
import Glibc
import Testing

@testable import Agent

@Suite("Sockets that are passed")
struct PassedSocketsTests {
    @Test("Only listening stream sockets are taken over")
    func passedSockets() throws {
        var pair: [Int32] = [0, 0]
        try #require(socketpair(AF_UNIX, linux_stream_type(), 0, &pair) == 0)
        let datagram = linux_datagram_socket(AF_INET)
        let file = open("/dev/null", O_RDONLY)
        defer { for descriptor in pair + [datagram, file] { close(descriptor) } }
        for descriptor in [pair[0], datagram, file] {
            let error = #expect(throws: ListenError.self) {
                try PassedSockets.adopt(descriptor, name: "spoa-mirror.socket")
            }
            #expect(error?.description.contains("descriptor \(descriptor) (\"spoa-mirror.socket\")") == true)
        }
        let sockets = try ListeningSocket.open(.host("127.0.0.1", port: 0), backlog: 1)
        defer { for descriptor in sockets { close(descriptor) } }
        let address = try PassedSockets.adopt(sockets[0], name: "")
        #expect(address.wholeMatch(of: /127\.0\.0\.1:\d+/) != nil, "\(address)")
    }
}
