import Testing

@testable import Agent

@Suite("Where the agent listens")
struct ListenAddressTests {
    @Test(
        "who may connect to a UNIX socket, in a way that cannot be",
        arguments: [
            "/s,mode=", "/s,mode=8", "/s,mode=1000", "/s,mode=-1", "/s,mode=+7", "/s,group=",
            "/s,group=no such group", "/s,owner=root", "/s,mode", "/s,", "/a,b", ",mode=600", "s,mode=600",
        ])
    func badAccess(_ text: String) {
        #expect(throws: InvalidValue.self) { try ListenAddress("unix@\(text)") }
        #expect(throws: InvalidValue.self) { try ListenAddress(address: "unix@\(text)", port: 1) }
        guard !text.hasPrefix("s") else { return }
        #expect(throws: InvalidValue.self) { try AdminSocketOption(text) }
    }

    @Test(
        "mode and group are for UNIX sockets alone",
        arguments: ["127.0.0.1,mode=660", "[::1],group=root", "lb.example,mode=600"])
    func accessOverTCP(_ address: String) {
        for make in [{ try ListenAddress(address: address, port: 1) }, { try ListenAddress("\(address):9") }]
        {
            let error = #expect(throws: InvalidValue.self) { try make() }
            #expect(error?.accepted.contains("mode and group are for unix@/path") == true)
        }
        #expect(throws: InvalidValue.self) { try ListenAddress("127.0.0.1:9,mode=660") }
    }
}
