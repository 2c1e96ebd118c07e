import Testing

@testable import Agent

@Suite("What an answer may cost")
struct AnswerLimitsTests {
    @Test func bodiesEndAtTheLimit() {
        var limits = AnswerLimits()
        limits.maxBody = 10
        limits.reset(endsWithHeaders: false)
        #expect(limits.takeBody(6) == 6)
        #expect(limits.takeBody(4) == 4)
        #expect(limits.takeBody(1) == 0)
        limits.reset(endsWithHeaders: false)
        #expect(limits.takeBody(10) == 10)
    }

    @Test func headersAndTrailersEndAtTheirs() {
        var limits = AnswerLimits()
        limits.reset(endsWithHeaders: false)
        var taken = 0
        while limits.take(header: 1000, status: 200) == 1000 { taken += 1000 }
        #expect(taken <= AnswerLimits.maxHeaderBytes)
        #expect(taken > AnswerLimits.maxHeaderBytes - 1000)
    }

    @Test func linesAndPiecesEndAtTheirs() {
        var limits = AnswerLimits()
        limits.maxBody = 1 << 20
        limits.reset(endsWithHeaders: false)
        for _ in 0..<AnswerLimits.maxHeaderLines { #expect(limits.take(header: 4, status: 200) == 4) }
        #expect(limits.take(header: 4, status: 200) == 0)
        let pieces = (1 << 20) / AnswerLimits.pieceCost
        for _ in 0..<pieces { #expect(limits.takeBody(1) == 1) }
        #expect(limits.takeBody(1) == 0)
        limits.maxBody = 1 << 30
        limits.reset(endsWithHeaders: false)
        #expect(limits.take(header: 4, status: 200) == 4)
        for _ in 0...pieces { #expect(limits.takeBody(16 << 10) == 16 << 10) }
    }

    @Test func anAnswerWithoutABodyEndsAtTheEmptyLine() {
        var limits = AnswerLimits()
        limits.reset(endsWithHeaders: true)
        #expect(limits.take(header: 20, status: 200) == 20)
        #expect(limits.take(header: 2, status: 100) == 2)
        #expect(limits.take(header: 2, status: 200) == 0)
        limits.reset(endsWithHeaders: false)
        #expect(limits.take(header: 2, status: 200) == 2)
    }

    @Test func switchingProtocolsEndsIt() {
        var limits = AnswerLimits()
        limits.reset(endsWithHeaders: false)
        #expect(limits.take(header: 2, status: 101) == 0)
    }

    @Test(
        "an answer whose end is in doubt ends with its headers",
        arguments: [
            (["Content-Length: 5"], false), (["content-length:5", "Content-Length: 5"], true),
            (["Transfer-Encoding: chunked"], false),
            (["TRANSFER-ENCODING: chunked", "Content-Length: 5"], true),
            (
                ["Content-Lengths: 5", "Content-Length: 5", "X-Content-Length: 5", "Transfer-Encodings: x"],
                false
            ),
            (["Content-Length : 5", "transfer-encoding\t:chunked"], true),
            (["Content-Length"], false), (["Date: now", "Connection: Upgrade", "Upgrade: h2c"], false),
        ])
    func framing(_ lines: [String], _ isAmbiguous: Bool) {
        var limits = AnswerLimits()
        limits.reset(endsWithHeaders: false)
        for line in ["HTTP/1.1 200 OK"] + lines {
            let taken = limits.take(header: line + "\r\n", status: 200)
            #expect(taken == line.utf8.count + 2)
        }
        #expect(limits.take(header: "\r\n", status: 200) == (isAmbiguous ? 0 : 2))
        #expect(limits.isAmbiguous == isAmbiguous)
        limits.reset(endsWithHeaders: false)
        #expect(!limits.isAmbiguous)
    }

    @Test("an interim answer has no length")
    func interimLength() {
        var limits = AnswerLimits()
        limits.reset(endsWithHeaders: false)
        _ = limits.take(header: "Content-Length: 0\r\n", status: 103)
        #expect(limits.take(header: "\r\n", status: 103) == 2)
        #expect(limits.take(header: "\r\n", status: 200) == 0)
        #expect(limits.isAmbiguous)
    }
}

extension AnswerLimits {
    fileprivate mutating func take(header size: Int, status: Int) -> Int {
        let line = [UInt8](repeating: 0x61, count: size)
        return takeHeader(line.span.bytes, status: status)
    }

    fileprivate mutating func take(header text: String, status: Int) -> Int {
        let line = Array(text.utf8)
        return takeHeader(line.span.bytes, status: status)
    }
}
