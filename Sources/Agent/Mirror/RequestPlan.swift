internal import SPOP

/// A copy measured and checked, not yet written: the first of the renderer's two walks over the headers.
struct RequestPlan {
    let method: Range<Int>
    let target: RequestTarget
    /// What is sent of the body.
    private(set) var body: Range<Int>
    /// The client's address as text, when the message has one.
    let source: ClientAddress?
    /// HAProxy's unique id, where the request has none of its own.
    private(set) var id: Range<Int>?
    /// The body is not whole, or may not be.
    private(set) var isTruncated = false
    /// Bytes of body that the client declared; nil when it declared nothing (chunked, HTTP/2).
    private(set) var declaredLength: Int?
    /// The first Host.
    private(set) var host: Range<Int>?
    private(set) var wasChunked = false
    /// It authenticates the connection that it is sent on, and not itself alone.
    private(set) var authenticates = false
    /// Where the last of the X-Forwarded-For fields begins in the header block; nil when there is none.
    private(set) var lastForwardedFor: Int?
    /// What becomes of the trace context.
    private(set) var trace: TraceMode
    /// Where the trace id is in the header block, if `trace` is `child`.
    private(set) var traceID = 0..<0
    /// Bytes of the client's fields as they are sent, at most.
    private(set) var fieldBytes = 0

    /// Which of those that came gets the client's address.
    var addressField: HeaderPolicy.AddressField {
        guard source != nil, let lastForwardedFor else { return .none }
        return .at(lastForwardedFor)
    }

    private var traceparents = 0
    /// Bytes that the request without its body took of HAProxy's buffer.
    private var bufferUse: Int

    /// `bufferSize` is that of the HAProxy that sent it, in bytes.
    init(
        _ arguments: MirrorArguments, payload: RawSpan, rules: CopyRules, policy: HeaderPolicy,
        bufferSize: Int, watch: BodyWatch
    ) throws(Refusal) {
        guard !arguments.hasWrongType else { throw .malformed(.wrongType) }
        guard let method = arguments.method, let path = arguments.path else { throw .malformed(.missing) }
        guard method.count + path.count + (arguments.headers?.block.count ?? 0) <= Self.longestHead else {
            throw .tooLarge
        }
        guard payload.isToken(method) else { throw .malformed(.method) }
        guard FieldRules.isTarget(path, in: payload) else { throw .malformed(.target) }
        self.method = method
        bufferUse = method.count + path.count
        let target = RequestTarget(path, in: payload, method: method)
        self.target = rules.strippedPrefix.map { target.without($0, in: payload) } ?? target
        body = arguments.body ?? 0..<0
        trace = policy.trace
        let address = rules.edits.removesForwardedFor ? nil : arguments.source
        source = address.map { ClientAddress($0, in: payload) }
        id = arguments.id.flatMap { $0.isEmpty ? nil : $0 }
        try measure(arguments, payload, policy, rules)
        if rules.edits.removesRequestID { id = nil }
        if let id, !FieldRules.isValue(id, in: payload) { throw .malformed(.id) }
        let room = BufferRoom(used: bufferUse + body.count, of: rules.bufferSize ?? bufferSize)
        try settleLength(BodyExtent(evidence(arguments, payload, room: room)), room, rules, watch)
    }

    /// Bytes of method, target and fields that are sent, at most: libcurl takes no request whose head is over 1 MiB, and would leave
    /// out a target of over 8 MB without an error.
    private static let longestHead = (1 << 20) - (64 << 10)
    /// Fields past which no HAProxy has sent them: the most that its tune.http.maxhdr can be.
    static let mostFields = 32_767

    private mutating func measure(
        _ arguments: MirrorArguments, _ payload: RawSpan, _ policy: HeaderPolicy, _ rules: CopyRules
    ) throws(Refusal) {
        var policy = policy
        let mark = rules.mark
        var count = 0
        let isWhole = try arguments.forEachField(in: payload) { field, block throws(Refusal) in
            count += 1
            guard count <= Self.mostFields else { throw .malformed(.tooManyFields) }
            guard FieldRules.isSendable(field, in: block) else {
                throw .malformed(.field(at: field.name.lowerBound))
            }
            bufferUse += field.name.count + field.value.count + BufferRoom.bytesPerField
            if let mark, block.equalsIgnoringCase(field.name, mark.name),
                block.matches(block.trimmed(field.value), mark.value)
            {
                throw .loop
            }
            let known = KnownField(field.name, in: block)
            try note(known, field, in: block, rules)
            fieldBytes += policy.room(for: field, policy.action(known, field, in: block, rules.edits))
        }
        guard isWhole else { throw .malformed(.headers) }
        // Without a valid traceparent, a tracestate says nothing (W3C "Trace Context", section 3.3).
        if trace == .child, traceID.isEmpty { trace = .drop }
    }

    /// What the field says of the request, whatever becomes of it.
    @inline(__always)
    private mutating func note(
        _ known: KnownField, _ field: HeaderReader.Header, in block: RawSpan, _ rules: CopyRules
    ) throws(Refusal) {
        switch known {
        case .other, .hopByHop, .te, .tracestate: break
        case .host: try noteHost(block.trimmed(field.value), in: block)
        case .contentLength: try noteLength(field, in: block)
        case .transferEncoding: wasChunked = true
        case .forwardedFor: lastForwardedFor = field.name.lowerBound
        case .requestID: id = nil
        case .authorization:
            let isOfConnection = FieldRules.authenticatesConnection(field.value, in: block)
            if isOfConnection, !rules.edits.removes(field.name, in: block) { authenticates = true }
        case .traceparent: if trace == .child { noteTrace(block.trimmed(field.value), in: block) }
        }
    }

    /// A second one makes both invalid: nobody knows which trace is meant.
    @inline(never)
    private mutating func noteTrace(_ value: Range<Int>, in block: RawSpan) {
        defer { traceparents += 1 }
        traceID = traceparents == 0 ? TraceParent.traceID(value, in: block) ?? 0..<0 : 0..<0
    }

    /// Servers refuse a second Host (RFC 9112, section 3.2), or choose one of two; HAProxy makes one of two that are equal.
    private mutating func noteHost(_ value: Range<Int>, in block: RawSpan) throws(Refusal) {
        if let host, !block.equalsIgnoringCase(host, value) { throw .malformed(.hosts) }
        host = host ?? value
    }

    private mutating func noteLength(_ field: HeaderReader.Header, in block: RawSpan) throws(Refusal) {
        guard let length = FieldRules.length(block.trimmed(field.value), in: block),
            declaredLength == nil || declaredLength == length
        else {
            throw .malformed(.length(at: field.name.lowerBound))
        }
        declaredLength = length
    }

    private func evidence(_ arguments: MirrorArguments, _ payload: RawSpan, room: BufferRoom)
        -> BodyExtent.Evidence
    {
        let isMultiplexed = isMultiplexed(arguments, payload)
        return BodyExtent.Evidence(
            count: body.count, declared: declaredLength, known: arguments.bodySize,
            isWhole: arguments.isWhole,
            fillsBuffer: isMultiplexed ? !room.isAmple : room.isUsedUp,
            mayHaveBody: wasChunked || (isMultiplexed && !isUsuallyBodiless(payload)))
    }

    /// HTTP/2 and HTTP/3 end a request without saying so in its fields.
    private func isMultiplexed(_ arguments: MirrorArguments, _ payload: RawSpan) -> Bool {
        guard let first = arguments.version?.first else { return false }
        return payload.byte(first) >= UInt8(ascii: "2")
    }

    private func isUsuallyBodiless(_ payload: RawSpan) -> Bool {
        payload.matches(method, "GET") || payload.matches(method, "HEAD")
            || payload.matches(method, "OPTIONS") || payload.matches(method, "DELETE")
            || payload.matches(method, "TRACE")
    }

    private mutating func settleLength(
        _ extent: BodyExtent, _ room: BufferRoom, _ rules: CopyRules, _ watch: BodyWatch
    ) throws(Refusal) {
        let cut: BodyExtent.Cut
        switch extent {
        case .whole:
            if !body.isEmpty { watch.noteWhole() }
            return
        case .tooLong: throw .malformed(.bodyTooLong(declared: declaredLength ?? 0))
        case .cut(let reason):
            cut = reason
            if cut == .notAwaited, room.isAmple {
                if declaredLength == nil { watch.noteChunkedPart() } else { watch.notePart() }
            }
        case .unknown:
            let wasUnbuffered = watch.isUnbuffered
            if !body.isEmpty { watch.noteWhole() } else if wasChunked { watch.noteChunkedPart() }
            switch rules.unknownLength {
            case .send: return
            case .drop: cut = .undeclared
            case .auto:
                guard wasUnbuffered else { return }
                cut = .unknown
            }
        }
        switch rules.truncatedBody {
        case .drop: throw .truncated(cut)
        case .send: break
        case .headers: body = 0..<0
        }
        isTruncated = true
    }
}
