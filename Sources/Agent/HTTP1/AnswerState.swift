/// How far an answer has come, and what may become of its connection.
enum AnswerState: Hashable {
    /// More of it has to come.
    case unfinished
    /// It counts by its status, and its connection may carry another request.
    case complete
    /// It counts by its status, and its connection ends with it.
    case last(LastAnswer)
    /// The copy has no answer, and the connection ends.
    case failed(AnswerFailure)

    /// Nobody can say what follows on the connection.
    var isAmbiguous: Bool {
        guard case .last(let reason) = self else { return false }
        return reason.isAmbiguous
    }
}

/// Why no request may follow an answer on its connection.
enum LastAnswer: Hashable {
    /// The mirror says so, or it speaks HTTP/1.0 and does not say that the connection stays.
    case closing
    /// Only the end of the connection ends its body, and it has come.
    case untilClose
    /// More of it came than is read: its body, its header lines, or what they are cut into.
    case cutOff
    /// What follows is not HTTP: 101, which is never asked for.
    case switchedProtocols
    /// Something in it can be read in two ways, and others may see its end elsewhere.
    case unclear
    /// More bytes came than it has: a second answer, or a body that is not one.
    case bytesBehind

    fileprivate var isAmbiguous: Bool {
        switch self {
        case .closing, .untilClose, .cutOff: false
        case .switchedProtocols, .unclear, .bytesBehind: true
        }
    }
}

/// Why what came is no answer.
enum AnswerFailure: Error, Hashable {
    /// The connection ended before the first byte: the request may be sent again, if its method allows that.
    case noByte
    /// The connection ended inside of it.
    case brokenOff
    case statusLine
    case nulByte
    case noColon
    case contentLength
    case chunks
    /// Of an interim answer, or of one whose status line is not complete: others are cut off and count.
    case headerLimit

    var reason: FailureReason {
        switch self {
        case .noByte, .brokenOff, .chunks: .reset
        case .statusLine, .nulByte, .noColon, .contentLength, .headerLimit: .other
        }
    }

    /// One sentence in printable ASCII.
    var text: String {
        switch self {
        case .noByte: "Empty reply from server"
        case .brokenOff: "the connection ended inside the answer"
        case .statusLine: "Received HTTP/0.9 when not allowed"
        case .nulByte: "a NUL byte in the answer's headers"
        case .noColon: "a header line without a colon in the answer"
        case .contentLength: "the answer's Content-Length is not a number"
        case .chunks: "malformed chunks in the answer"
        case .headerLimit: AnswerLimits.headerText
        }
    }
}
