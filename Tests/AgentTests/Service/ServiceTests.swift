import CLinux
import Foundation
import Stats
import System
import Testing

@testable import Agent

@Suite("Service manager and logs")
struct ServiceTests {
    private let directory = NSTemporaryDirectory() + "spoa-service-\(UUID().uuidString.prefix(8))"

    @Test("A line for each reader")
    func formats() throws {
        #expect(LogFormat.journal.line(.warning, "text") == "<4>text")
        #expect(LogFormat.journal.line(.info, "text") == "<6>text")
        let plain = LogFormat.plain.line(.error, "text")
        #expect(plain.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z error text/) != nil, "\(plain)")
        let syslog = LogFormat.syslog.line(.error, "text")
        // Facility 3, severity 3.
        let form = /<27>[A-Z][a-z]{2} [ 1-3]\d \d\d:\d\d:\d\d spoa-mirror\[(\d+)\]: text/
        let match = try #require(syslog.wholeMatch(of: form), "\(syslog)")
        #expect(Int32(match.1) == getpid())
    }

    @Test("Rates are per second, over the last interval; the state may change within it")
    func rates() {
        let bank = ThreadBank()
        var status = StatusLine()
        status.tick(Snapshot([bank]), now: 10)
        #expect(status.text("mirroring") == "mirroring")
        bank.counters.add(100, to: .received)
        bank.counters.add(60, to: .responses2xx)
        bank.counters.add(20, to: .droppedExpired)
        #expect(status.text("paused") == "paused")
        status.tick(Snapshot([bank]), now: 12)
        let rates = "50 requests/s, 30 copies answered/s, 10 dropped/s, 0 failed/s, 0 waiting"
        #expect(status.text("mirroring") == "mirroring: \(rates)")
        #expect(status.text("paused") == "paused: \(rates)")
        status.tick(Snapshot([ThreadBank()]), now: 14)
        #expect(status.text("paused").hasPrefix("paused: 0 requests/s"))
    }

    @Test(
        "Addresses of a service manager",
        arguments: ["", "@", "notify", "vsock:2:1", "/" + String(repeating: "x", count: 107)])
    func badAddresses(address: String) {
        #expect(throws: InvalidValue.self) { try NotifySocket(address) }
    }

    @Test("Syslog that is restarted is found again, and what was said meanwhile is kept")
    func syslogRestart() throws {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let path = directory + "/log"
        #expect(throws: SystemError.self) { try SyslogSocket(path: path) }
        var daemon = try DatagramReader(path)
        let log = LogFile(syslog: try SyslogSocket(path: path))
        log.write(line: "one")
        log.write(line: "two")
        #expect(log.flush())
        #expect(daemon.next() == "one" && daemon.next() == "two" && daemon.next() == nil)

        daemon.stop()
        log.write(line: "three")
        #expect(!log.flush())
        daemon = try DatagramReader(path)
        log.write(line: "four")
        #expect(log.flush())
        #expect(daemon.next() == "three" && daemon.next() == "four" && daemon.next() == nil)
        daemon.stop()
    }

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

/// What a syslog daemon gets.
private struct DatagramReader {
    private let path: String
    private let descriptor: Int32

    init(_ path: String) throws {
        self.path = path
        descriptor = linux_datagram_socket(AF_UNIX)
        let descriptor = descriptor
        let bound = UnixAddress.with(path) { bind(descriptor, $0, $1) }
        try #require(bound == 0)
    }

    func next() -> String? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        return count < 0 ? nil : String(decoding: buffer[..<count], as: UTF8.self)
    }

    func stop() {
        close(descriptor)
        unlink(path)
    }
}
