import CLinux
import Foundation
import System
import Testing

@testable import Agent

@Suite("Syslog")
struct SyslogTests {
    private let directory = NSTemporaryDirectory() + "spoa-service-\(UUID().uuidString.prefix(8))"

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
