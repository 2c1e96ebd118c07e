import Testing

@testable import Agent

@Suite("Answers that are too much")
struct AnswerReaderLimitsTests {
    private static let ok = "HTTP/1.1 200 OK\r\n"
    private static let empty = "Content-Length: 0\r\n\r\n"
    private static let chunked = ok + "Transfer-Encoding: chunked\r\n\r\n"

    /// Whole, and in pieces of some sizes.
    private func read(_ text: String, maxBody: Int = 1000, in sizes: [Int] = [1, 7, 1000]) -> ReadAnswer {
        let bytes = text.latin1
        let whole = ReadAnswer([bytes[...]], maxBody: maxBody)
        for size in sizes {
            let pieces = stride(from: 0, to: bytes.count, by: size).map {
                bytes[$0..<min($0 + size, bytes.count)]
            }
            #expect(ReadAnswer(pieces, maxBody: maxBody) == whole, "pieces of \(size)")
        }
        return whole
    }

    @Test("512 header lines are taken")
    func lines() {
        let lines = String(repeating: "a:\r\n", count: AnswerLimits.maxHeaderLines - 3)
        #expect(read(Self.ok + lines + Self.empty).state == .complete)
        let over = read(Self.ok + lines + "a:\r\n" + Self.empty)
        #expect(over.state == .last(.cutOff) && over.status == 200)
    }

    @Test("interim answers and trailers count")
    func linesOfAll() {
        let interim = "HTTP/1.1 100 Continue\r\n\r\n"
        let many = String(repeating: interim, count: AnswerLimits.maxHeaderLines / 2)
        #expect(read(many).state == .unfinished)
        #expect(read(many + interim).state == .failed(.headerLimit))
        let trailers = String(repeating: "a:\r\n", count: AnswerLimits.maxHeaderLines)
        let read = read(Self.chunked + "2\r\nok\r\n0\r\n" + trailers)
        #expect(read == ReadAnswer(.last(.cutOff), 200, head: Self.chunked.utf8.count, body: 2))
    }

    @Test("64 KiB of header lines are taken, and of a line that does not end", arguments: [0, 1, 2])
    func size(over: Int) {
        let rest = Self.ok.utf8.count + Self.empty.utf8.count
        let line = "a:" + String(repeating: "x", count: AnswerLimits.maxHeaderBytes - rest - 4 + over)
        let whole = read(Self.ok + line + "\r\n" + Self.empty)
        #expect(whole.state == (over == 0 ? .complete : .last(.cutOff)))
        #expect(whole.status == 200 && whole.head <= AnswerLimits.maxHeaderBytes)
        let endless = read(Self.ok + line + String(repeating: "x", count: rest))
        #expect(endless == ReadAnswer(.last(.cutOff), 200, head: Self.ok.utf8.count, body: 0))
    }

    @Test("a line that would begin where nothing is left")
    func noRoom() {
        let line =
            "a:" + String(repeating: "x", count: AnswerLimits.maxHeaderBytes - Self.ok.utf8.count - 4)
            + "\r\n"
        let full = read(Self.ok + line)
        #expect(full == ReadAnswer(.unfinished, 200, head: AnswerLimits.maxHeaderBytes, body: 0))
        #expect(read(Self.ok + line + "\r").state == .last(.cutOff))
    }

    @Test("a status line that does not end counts once its code is there")
    func statusLine() {
        let reason = String(repeating: "x", count: AnswerLimits.maxHeaderBytes)
        #expect(read("HTTP/1.1 404 " + reason) == ReadAnswer(.last(.cutOff), 404, head: 0, body: 0))
        #expect(read("HTTP/1.1 101 " + reason).state == .last(.cutOff))
        #expect(read("HTTP/1.1 100 " + reason).state == .failed(.headerLimit))
        #expect(read(reason).state == .failed(.statusLine))
    }

    @Test("a piece of body costs 64 bytes, and 1 MiB or the longest body may be spent")
    func pieces() {
        let count = (1 << 20) / AnswerLimits.pieceCost
        let chunks = Self.chunked + String(repeating: "1\r\nx\r\n", count: count)
        #expect(read(chunks, maxBody: 1 << 20).body == count)
        #expect(read(chunks + "0\r\n\r\n", maxBody: 1 << 20).state == .complete)
        #expect(read(chunks + "1\r\nx", maxBody: 1 << 20).state == .last(.cutOff))
        #expect(read(chunks + "1\r\nx", maxBody: 2 << 20).state == .unfinished)
    }

    @Test("a body that comes byte by byte is cut off, and one in large pieces is not")
    func reads() {
        let body = [UInt8](repeating: 0, count: 1 << 20)
        let head = (Self.ok + "Content-Length: \(body.count)\r\n\r\n").latin1
        #expect(ReadAnswer([head[...], body[...]], maxBody: 1 << 20).state == .complete)
        let count = body.count / AnswerLimits.pieceCost
        let bytes = (0...count).map { body[$0...$0] }
        #expect(ReadAnswer([head[...]] + bytes.dropLast(), maxBody: 1 << 20).state == .unfinished)
        #expect(ReadAnswer([head[...]] + bytes, maxBody: 1 << 20).state == .last(.cutOff))
    }

    @Test("extensions of chunks cost what they have")
    func extensions() {
        let long = Self.chunked + "1;" + String(repeating: "x", count: 1 << 20)
        #expect(read(long, in: [1000]).state == .unfinished)
        #expect(read(long + "x", in: [1000]).state == .last(.cutOff))
    }

    @Test("a body may be as long as is read", arguments: [0, 1, 100])
    func bodies(maxBody: Int) {
        let body = String(repeating: "x", count: maxBody)
        let length = Self.ok + "Content-Length: "
        #expect(read(length + "\(maxBody)\r\n\r\n" + body, maxBody: maxBody).state == .complete)
        #expect(read(length + "\(maxBody + 1)\r\n\r\n", maxBody: maxBody).state == .last(.cutOff))
        #expect(read(Self.ok + "\r\n" + body, maxBody: maxBody).state == .unfinished)
        let over = read(Self.ok + "\r\n" + body + "x", maxBody: maxBody)
        #expect(over.state == .last(.cutOff) && over.body == maxBody)
        #expect(
            read(Self.chunked + "1\r\nx\r\n" + String(maxBody, radix: 16) + "\r\n", maxBody: maxBody).state
                == .last(.cutOff))
    }
}
