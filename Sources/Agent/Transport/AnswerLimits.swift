/// What an answer may cost before it is cut off, and how far it has come. Bodies are counted and forgotten.
struct AnswerLimits {
    /// Header and trailer bytes and lines of one transfer: a transport may keep all of them, each with some memory of its own.
    static let maxHeaderBytes = 64 << 10
    static let maxHeaderLines = 512
    /// What is said of an answer that has more.
    static var headerText: String {
        "the answer's headers are over \(maxHeaderBytes >> 10) KiB or \(maxHeaderLines) lines"
    }
    /// What taking a piece of a body costs beside its bytes, in bytes: chunks of one byte each would take tens of milliseconds.
    static let pieceCost = 64
    /// What pieces may cost in any case, however short the longest body is.
    static let freeCost = 1 << 20

    /// Bytes of body that are read.
    var maxBody = 0
    /// Bytes of body that came.
    private(set) var body = 0
    private var bodyCost = 0
    private var headers = 0
    private var headerLines = 0
    private var framing = AnswerFraming()
    /// The end of the final headers is the end of the transfer: nobody may wait for a body that does not come.
    private var endsWithHeaders = false
    /// What follows on its connection may be anything: the transfer was ended at the end of the headers.
    private(set) var isAmbiguous = false

    /// Its header lines were more than are taken.
    var isOverHeaderLimit: Bool { headers > Self.maxHeaderBytes || headerLines > Self.maxHeaderLines }

    /// A whole line of it has come.
    var hasBegun: Bool { headers > 0 }

    /// Begins a new answer.
    mutating func reset(endsWithHeaders: Bool) {
        (body, bodyCost, headers, headerLines) = (0, 0, 0, 0)
        (framing, isAmbiguous) = (AnswerFraming(), false)
        self.endsWithHeaders = endsWithHeaders
    }

    /// Returns how many of the bytes are taken; less than `size` ends the transfer.
    mutating func takeBody(_ size: Int) -> Int {
        body += size
        bodyCost += Self.pieceCost
        return body <= maxBody && bodyCost <= max(maxBody, Self.freeCost) ? size : 0
    }

    /// To be called with each header line, the empty one behind them, and trailers. Returns how many bytes are taken; less than all
    /// ends the transfer.
    ///
    /// A transfer that is ended here takes its connection with it, unless that is an HTTP/2 connection, where only the stream ends.
    mutating func takeHeader(_ line: RawSpan, status: @autoclosure () -> Int) -> Int {
        let size = line.byteCount
        headers += size
        headerLines += 1
        guard !isOverHeaderLimit else { return 0 }
        guard size <= 2 else {
            framing.note(line)
            return size
        }
        let status = status()
        if status < 200 { framing.endInterim() }
        // 101 is never asked for, and what follows it is not HTTP.
        if status == 101 || framing.isUnclear && status >= 200 { isAmbiguous = true }
        return isAmbiguous || endsWithHeaders && status >= 200 ? 0 : size
    }
}
