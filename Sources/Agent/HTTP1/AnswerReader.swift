/// Reads answers to HTTP/1 requests from pieces that may be cut anywhere: what is read does not depend on the cuts.
/// Bodies are counted and forgotten. One for each connection, used again for each request; it knows no socket.
///
/// It is strict, since a connection carries the copies of many clients: an answer whose end is not beyond doubt counts,
/// and is the last on its connection.
struct AnswerReader {
    private enum Part { case statusLine, fields, length, untilClose, chunks, trailers, done }

    /// What came of it so far.
    private(set) var state = AnswerState.unfinished
    /// A byte of it has come: the request may not be sent again.
    private(set) var hasBegun = false
    /// Bytes of the whole header lines that came, those of interim answers too.
    private(set) var headBytes = 0
    /// Bytes of body that came, without the framing of chunks.
    private(set) var bodyBytes = 0

    private var part = Part.statusLine
    private var isToHEAD = false
    /// Bytes of body that are read.
    private var maxBody = 0
    private var head = AnswerHead()
    private var line = LineReader()
    private var chunks = ChunkReader()
    /// Header and trailer bytes, and lines.
    private var lineBytes = 0
    private var lines = 0
    /// Of a body with a length.
    private var bytesLeft = 0
    private var bodyCost = 0

    /// Of the answer, or of an interim one before it; 0 before the first status line.
    var status: Int { head.status }
    /// What its status line says; `-` before.
    var httpVersion: String { head.status == 0 ? "-" : head.isHTTP11 ? "HTTP/1.1" : "HTTP/1.0" }
    /// Bytes of answer that came, without trailers.
    var bytesReceived: Int { headBytes + bodyBytes }
    /// Bytes of body that its head announces; nil when it does not.
    var announcedBytes: Int? { part == .length ? bodyBytes + bytesLeft : nil }
    /// What the copy counts as; nil while the answer is unfinished.
    var outcome: Outcome? {
        switch state {
        case .unfinished: nil
        case .complete, .last: .response(status)
        case .failed(let failure): .failed(failure.reason)
        }
    }

    /// Begins with the answer to another request, and reads at most `maxBody` bytes of its body.
    mutating func begin(isToHEAD: Bool, maxBody: Int) {
        (self.isToHEAD, self.maxBody) = (isToHEAD, maxBody)
        (state, part, hasBegun) = (.unfinished, .statusLine, false)
        (headBytes, bodyBytes, lineBytes, lines, bodyCost) = (0, 0, 0, 0, 0)
        head = AnswerHead()
        line.reset()
    }

    /// Takes the bytes of one read. Hand over those behind a complete answer, too, until the next one begins.
    mutating func receive(_ bytes: RawSpan) -> AnswerState {
        guard bytes.byteCount > 0 else { return state }
        hasBegun = true
        var offset = 0
        while offset < bytes.byteCount, part != .done {
            switch part {
            case .statusLine, .fields, .trailers: takeLine(bytes, &offset)
            case .length: takeLength(bytes, &offset)
            case .untilClose: takeUntilClose(bytes, &offset)
            case .chunks: takeChunks(bytes, &offset)
            case .done: break
            }
        }
        if offset < bytes.byteCount { noteBytesBehind() }
        return state
    }

    /// The mirror has closed its side in an orderly way; with TLS, it has said so.
    mutating func receiveEnd() -> AnswerState {
        guard part != .done else { return state }
        end(part == .untilClose ? .last(.untilClose) : .failed(hasBegun ? .brokenOff : .noByte))
        return state
    }

    private mutating func end(_ state: AnswerState) {
        self.state = state
        part = .done
    }

    /// The answer has all its bytes.
    private mutating func complete() {
        end(head.isUnclear ? .last(.unclear) : head.endsConnection ? .last(.closing) : .complete)
    }

    private mutating func noteBytesBehind() {
        switch state {
        case .complete, .last(.closing): state = .last(.bytesBehind)
        case .unfinished, .last, .failed: break
        }
    }

    // MARK: head and trailers

    private mutating func takeLine(_ bytes: RawSpan, _ offset: inout Int) {
        let finding = line.find(in: bytes, &offset, room: AnswerLimits.maxHeaderBytes - lineBytes)
        do throws(AnswerFailure) {
            // Before anything else is said of it: what is no HTTP may never end a line.
            if part == .statusLine { try takeStatusLine(bytes) }
            switch finding {
            case .line:
                lines += 1
                lineBytes += line.size
                if lines > AnswerLimits.maxHeaderLines { return try cutOff() }
                if part != .trailers { headBytes += line.size }
                if !line.isClean { head.noteFlaw() }
                if part == .statusLine {
                    part = .fields
                } else if line.content.isEmpty {
                    part == .fields ? endHead() : complete()
                } else {
                    try takeField(bytes)
                }
            case .open: break
            case .nul: throw .nulByte
            case .tooLong: try cutOff()
            }
        } catch {
            fail(error)
        }
    }

    @inline(__always)
    private mutating func takeStatusLine(_ bytes: RawSpan) throws(AnswerFailure) {
        guard let kept = line.kept else { return try head.takeStatusLine(bytes, line.visible) }
        try unsafe head.takeStatusLine(kept.span.bytes, line.visible)
    }

    @inline(__always)
    private mutating func takeField(_ bytes: RawSpan) throws(AnswerFailure) {
        guard let kept = line.kept else {
            return try head.takeField(bytes, line.content, isWhole: line.isWhole)
        }
        try unsafe head.takeField(kept.span.bytes, line.content, isWhole: line.isWhole)
    }

    /// Too many header lines: an interim answer is none.
    private mutating func cutOff() throws(AnswerFailure) {
        guard !head.isInterim else { throw .headerLimit }
        end(.last(.cutOff))
    }

    /// Once there are trailers, the answer has come.
    private mutating func fail(_ failure: AnswerFailure) {
        end(part == .trailers ? .last(.unclear) : .failed(failure))
    }

    private mutating func endHead() {
        if head.status == 101 { return end(.last(.switchedProtocols)) }
        if head.isInterim {
            head.endInterim()
            part = .statusLine
            return
        }
        let body = head.end(isToHEAD: isToHEAD)
        if head.isUnclear { return end(.last(.unclear)) }
        switch body {
        case .none, .length(0): complete()
        case .length(let size) where size > maxBody: end(.last(.cutOff))
        case .length(let size): (part, bytesLeft) = (.length, size)
        case .chunked: (part, chunks) = (.chunks, ChunkReader())
        case .untilClose: part = .untilClose
        }
    }

    // MARK: body

    private mutating func takeLength(_ bytes: RawSpan, _ offset: inout Int) {
        let count = min(bytesLeft, bytes.byteCount - offset)
        offset += count
        bytesLeft -= count
        takeBody(count)
        if bytesLeft == 0, part != .done { complete() }
    }

    private mutating func takeUntilClose(_ bytes: RawSpan, _ offset: inout Int) {
        let (count, room) = (bytes.byteCount - offset, maxBody - bodyBytes)
        offset = bytes.byteCount
        takeBody(min(count, room))
        if count > room { end(.last(.cutOff)) }
    }

    private mutating func takeChunks(_ bytes: RawSpan, _ offset: inout Int) {
        switch chunks.next(bytes, &offset) {
        case .more: break
        case .extensionBytes(let count): charge(count)
        case .chunk(let size): if size > UInt64(maxBody - bodyBytes) { end(.last(.cutOff)) }
        case .body(let count): takeBody(count)
        case .lastChunk: part = .trailers
        case .unclear: end(.last(.unclear))
        case .malformed: end(.failed(.chunks))
        }
    }

    private mutating func takeBody(_ count: Int) {
        bodyBytes += count
        charge(AnswerLimits.pieceCost)
    }

    /// What a body costs beside its bytes.
    private mutating func charge(_ cost: Int) {
        bodyCost += cost
        if bodyCost > max(maxBody, AnswerLimits.freeCost) { end(.last(.cutOff)) }
    }
}
