import Foundation
import Synchronization
import Testing

@testable import Agent

@Suite("Log file")
struct LogFileTests {
    private let path = NSTemporaryDirectory() + "spoa-log-\(UUID().uuidString)"

    private func text() -> String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }

    @Test func linesAreWrittenWhenAsked() throws {
        defer { unlink(path) }
        let log = try LogFile(.init(path: path, mode: .appendLines))
        let wakes = Synchronization.Mutex(0)
        log.writeWhenAsked { wakes.withLock { $0 += 1 } }
        log.write(line: "one")
        #expect(wakes.withLock { $0 } == 1)
        #expect(text() == "")
        #expect(log.flush())
        #expect(text() == "one\n")
    }

    @Test func aFileWithoutLineModeIsWrittenInBlocks() throws {
        defer { unlink(path) }
        let log = try LogFile(.init(path: path, mode: .append))
        let wakes = Synchronization.Mutex(0)
        log.writeWhenAsked { wakes.withLock { $0 += 1 } }
        for _ in 0..<40 { log.write(line: String(repeating: "x", count: 99)) }
        #expect(wakes.withLock { $0 } == 0)
        log.write(line: String(repeating: "x", count: 99))
        #expect(wakes.withLock { $0 } == 1)
    }

    @Test func reopeningMovesOn() throws {
        defer {
            unlink(path)
            unlink(path + ".1")
        }
        let log = try LogFile(.init(path: path, mode: .truncateLines))
        log.write(line: "old")
        rename(path, path + ".1")
        try log.reopen()
        log.write(line: "new")
        log.flush()
        #expect(text() == "new\n")
        #expect(try String(contentsOfFile: path + ".1", encoding: .utf8) == "old\n")
    }

    @Test func aPipeThatNobodyReadsHoldsNothingUp() throws {
        mkfifo(path, 0o600)
        defer { unlink(path) }
        let reader = open(path, O_RDONLY | O_NONBLOCK)
        defer { close(reader) }
        let log = try LogFile(.init(path: path, mode: .append))
        for _ in 0..<20_000 { log.write(line: String(repeating: "x", count: 99)) }
        #expect(!log.flush())
        // What did not fit into memory is counted, and told once there is room.
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        var all: [UInt8] = []
        while true {
            let isDone = log.flush()
            let count = read(reader, &buffer, buffer.count)
            if count > 0 { all += buffer[..<count] } else if isDone { break }
        }
        let lines = String(decoding: all, as: UTF8.self).split(separator: "\n")
        let kept = lines.filter { $0.hasPrefix("xxx") }.count
        let lost = lines.compactMap {
            $0.hasSuffix("lines lost: the log could not be written")
                ? Int($0.split(separator: " ")[2]) : nil
        }
        #expect(kept + lost.reduce(0, +) == 20_000)
        #expect(lost.count == 1)
    }
}
