import Testing

@testable import Agent

/// What is read from an answer, however it is cut.
struct ReadAnswer: Equatable {
    var state: AnswerState
    var status: Int
    var head: Int
    var body: Int

    init(_ state: AnswerState, _ status: Int, head: Int, body: Int) {
        (self.state, self.status, self.head, self.body) = (state, status, head, body)
    }

    init(_ reader: AnswerReader) {
        self.init(reader.state, reader.status, head: reader.headBytes, body: reader.bodyBytes)
    }

    /// Reads `pieces`, and the end of the connection if it `ends`.
    init(_ pieces: [ArraySlice<UInt8>], isToHEAD: Bool = false, maxBody: Int = 1000, ends: Bool = false) {
        var reader = AnswerReader()
        reader.begin(isToHEAD: isToHEAD, maxBody: maxBody)
        for piece in pieces { reader.take(piece) }
        if ends { _ = reader.receiveEnd() }
        self.init(reader)
    }

    /// Reads `bytes` whole, byte by byte, and cut in two at each place: the same must come of it.
    static func anyCut(
        _ bytes: [UInt8], isToHEAD: Bool = false, maxBody: Int = 1000, ends: Bool = false,
        _ location: SourceLocation = #_sourceLocation
    ) -> ReadAnswer {
        func read(_ pieces: [ArraySlice<UInt8>]) -> ReadAnswer {
            ReadAnswer(pieces, isToHEAD: isToHEAD, maxBody: maxBody, ends: ends)
        }
        let whole = read([bytes[...]])
        #expect(read(bytes.indices.map { bytes[$0...$0] }) == whole, "byte by byte", sourceLocation: location)
        for cut in bytes.indices {
            #expect(read([bytes[..<cut], bytes[cut...]]) == whole, "cut at \(cut)", sourceLocation: location)
        }
        return whole
    }
}

@Suite("Answers")
struct AnswerReaderTests {
    @Test("are taken for what they are, however they are cut", arguments: rows)
    func table(row: Row) {
        let read = ReadAnswer.anyCut(row.answer.latin1, isToHEAD: row.isToHEAD, ends: row.ends)
        #expect(read.state == row.state)
        #expect(read.status == row.status)
        #expect(read.body == row.body)
    }

    @Test("the bytes of whole header lines are counted, without trailers and what is behind")
    func bytes() {
        var reader = AnswerReader()
        reader.begin(isToHEAD: false, maxBody: 1000)
        let interim = "HTTP/1.1 100 Continue\r\n\r\n"
        let head = Self.chunked + "2;x\r\nok\r\n0\r\nX-T: 1\r\n\r\nbehind"
        reader.take((interim + "HTTP").latin1[...])
        #expect(reader.bytesReceived == interim.utf8.count)
        reader.take(head.dropFirst(4).latin1[...])
        #expect(reader.bytesReceived == interim.utf8.count + Self.chunked.utf8.count + 2)
    }

    @Test("what is known of an answer before its end")
    func progress() {
        var reader = AnswerReader()
        reader.begin(isToHEAD: false, maxBody: 1000)
        #expect(!reader.hasBegun && reader.httpVersion == "-" && reader.outcome == nil)
        #expect(reader.take([]) == .unfinished && !reader.hasBegun)
        #expect(reader.take([0x48]) == .unfinished && reader.hasBegun)
        #expect(reader.take("TTP/1.0 503 \r\n".latin1[...]) == .unfinished)
        #expect(reader.httpVersion == "HTTP/1.0" && reader.status == 503 && reader.outcome == nil)
        #expect(reader.receiveEnd() == .failed(.brokenOff) && reader.outcome == .failed(.reset))
    }

    @Test("nothing of one answer is left when the next begins, wherever it has ended", arguments: rows)
    func again(row: Row) {
        var reader = AnswerReader()
        reader.begin(isToHEAD: row.isToHEAD, maxBody: 10)
        let bytes = row.answer.latin1
        for index in bytes.indices { reader.take(bytes[index...index]) }
        reader.begin(isToHEAD: false, maxBody: 1000)
        let next = (Self.ok + Self.two).latin1
        #expect(reader.take(next[...]) == .complete)
        #expect(ReadAnswer(reader) == ReadAnswer(.complete, 200, head: next.count - 2, body: 2))
    }

    @Test("failures have the reasons that they have with libcurl, and a sentence in ASCII")
    func failures() {
        for failure in [AnswerFailure.noByte, .brokenOff, .chunks] { #expect(failure.reason == .reset) }
        for failure in [AnswerFailure.statusLine, .nulByte, .noColon, .contentLength, .headerLimit] {
            #expect(failure.reason == .other)
            #expect(failure.text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F })
        }
    }

    @Test("those behind which nobody can say what comes are told apart from those that end their connection")
    func ambiguity() {
        for reason in [LastAnswer.switchedProtocols, .unclear, .bytesBehind] {
            #expect(AnswerState.last(reason).isAmbiguous)
        }
        for reason in [LastAnswer.closing, .untilClose, .cutOff] {
            #expect(!AnswerState.last(reason).isAmbiguous)
        }
        #expect(!AnswerState.complete.isAmbiguous && !AnswerState.failed(.chunks).isAmbiguous)
    }
}

extension AnswerReader {
    @discardableResult
    fileprivate mutating func take(_ piece: ArraySlice<UInt8>) -> AnswerState { receive(piece.span.bytes) }
}

extension StringProtocol {
    var latin1: [UInt8] { unicodeScalars.map { UInt8($0.value) } }
}
