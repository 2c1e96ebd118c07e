/// How much of a body has come, from all that HAProxy says of it.
enum BodyExtent: Hashable {
    case whole
    /// There is more than has come.
    case cut(Cut)
    /// It has no declared length, and nothing tells whether more follows.
    case unknown
    /// There is more than was declared.
    case tooLong

    /// Why bytes are missing.
    enum Cut: Hashable {
        /// HAProxy's buffer was full.
        case bufferFull
        /// HAProxy's buffer had room: it did not wait for the body.
        case notAwaited
        /// HAProxy had the end of the request: what it calls the body is another than the client's.
        case changed
        /// Nobody knows whether bytes are missing, and HAProxy seems not to wait for bodies.
        case unknown
        /// Nobody knows, and the operator wants no such copy.
        case undeclared
    }

    /// What a message says of its body.
    struct Evidence {
        /// Bytes that came.
        let count: Int
        /// Content-Length.
        let declared: Int?
        /// `arg_size` (`req.body_size`): of a chunked body, what has come and the rest of the chunk that has not; 0 for HTTP/2
        /// without a length, from HAProxy 3.4 on.
        let known: UInt64?
        /// `arg_whole`: HAProxy has seen the end of the message.
        let isWhole: Bool?
        /// The request and what came of its body fill HAProxy's buffer.
        let fillsBuffer: Bool
        /// The request has no declared length and may have a body, though nothing of it has come yet.
        let mayHaveBody: Bool
    }

    init(_ evidence: Evidence) {
        let cut = BodyExtent.cut(evidence.fillsBuffer ? .bufferFull : .notAwaited)
        if let declared = evidence.declared {
            self =
                declared == evidence.count
                ? .whole
                : declared < evidence.count ? .tooLong : evidence.isWhole == true ? .cut(.changed) : cut
        } else if let isWhole = evidence.isWhole {
            self = isWhole ? .whole : cut
        } else if let known = evidence.known, known > evidence.count {
            self = cut
        } else if evidence.count == 0 {
            self = evidence.mayHaveBody ? .unknown : .whole
        } else {
            // HAProxy does not say whether it waits for bodies: a full buffer may be a whole body of just that size.
            self = evidence.fillsBuffer ? cut : .unknown
        }
    }
}
