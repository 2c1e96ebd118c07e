import Testing

@testable import Agent

@Suite("A service manager's socket")
struct NotifySocketTests {
    @Test(
        "Addresses of a service manager",
        arguments: ["", "@", "notify", "vsock:2:1", "/" + String(repeating: "x", count: 107)])
    func badAddresses(address: String) {
        #expect(throws: InvalidValue.self) { try NotifySocket(address) }
    }
}
