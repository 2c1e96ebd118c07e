internal import SPOP

/// What is known of a body that was cut off.
enum Truncation: Hashable {
    /// The client declared this many bytes.
    case declared(Int)
    /// It declared nothing (chunked, HTTP/2), and what is there fills HAProxy's buffer.
    case unknown
}

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
    /// HAProxy's buffer has cut the body off; nil when it is whole.
    private(set) var truncation: Truncation?
    private(set) var hasHost = false
    private(set) var hasContentLength = false
    private(set) var wasChunked = false
    /// It authenticates the connection that it is sent on, and not itself alone.
    private(set) var authenticates = false
    /// Which of the X-Forwarded-For fields is the last; 0 when there is none.
    private(set) var forwardedForCount = 0
    /// Bytes of all kept names and values, and how many there are.
    private(set) var headerBytes = 0
    private(set) var headerCount = 0

    private var declaredLength: Int?
    /// Bytes that the request without its body took of HAProxy's buffer.
    private var bufferUse: Int

    init(_ arguments: MirrorArguments, payload: RawSpan, style: CopyStyle) throws(Refusal) {
        guard !arguments.hasWrongType, let method = arguments.method, let path = arguments.path,
            FieldRules.isToken(method, in: payload), FieldRules.isTarget(path, in: payload)
        else { throw .malformed }
        self.method = method
        bufferUse = method.count + path.count
        target = RequestTarget(path, in: payload, method: method)
        body = arguments.body ?? 0..<0
        source = arguments.source.map { ClientAddress($0, in: payload) }
        id = arguments.id.flatMap { $0.isEmpty ? nil : $0 }
        if let headers = arguments.headers {
            try measure(payload.extracting(headers.block), form: headers.form, mark: style.mark)
        }
        if let id, !FieldRules.isValue(id, in: payload) { throw .malformed }
        try settleLength(style)
    }

    /// Fields past which no HAProxy has sent them: the most that its tune.http.maxhdr can be.
    private static let mostFields = 32_767

    private mutating func measure(_ block: RawSpan, form: HeaderFields.Form, mark: CopyStyle.Mark?)
        throws(Refusal)
    {
        var fields = HeaderFields(block, form: form)
        var count = 0
        while let field = try Self.next(&fields) {
            count += 1
            guard count <= Self.mostFields else { throw .malformed }
            guard FieldRules.isSendable(field, in: block) else { throw .malformed }
            bufferUse += field.name.count + field.value.count + CopyStyle.bytesPerField
            if let mark, block.equalsIgnoringCase(field.name, mark.name),
                block.matches(block.trimmed(field.value), mark.value)
            {
                throw .loop
            }
            switch HeaderRule(name: field.name, in: block) {
            case .keep, .te: break
            case .host: hasHost = true
            case .forwardedFor: forwardedForCount += 1
            case .requestID: id = nil
            case .authorization:
                if FieldRules.authenticatesConnection(field.value, in: block) { authenticates = true }
            case .drop: continue
            case .transferEncoding:
                wasChunked = true
                continue
            case .contentLength: try noteLength(block.trimmed(field.value), in: block)
            }
            headerBytes += field.name.count + field.value.count
            headerCount += 1
        }
    }

    private static func next(_ fields: inout HeaderFields) throws(Refusal) -> HeaderReader.Header? {
        do throws(DecodeError) { return try fields.next() } catch { throw .malformed }
    }

    private mutating func noteLength(_ value: Range<Int>, in block: RawSpan) throws(Refusal) {
        guard let length = FieldRules.length(value, in: block),
            declaredLength == nil || declaredLength == length
        else {
            throw .malformed
        }
        declaredLength = length
        hasContentLength = true
    }

    private mutating func settleLength(_ style: CopyStyle) throws(Refusal) {
        if let declaredLength {
            guard declaredLength != body.count else { return }
            guard declaredLength > body.count else { throw .malformed }
        } else {
            guard !body.isEmpty, bufferUse + body.count >= style.fullBuffer else { return }
        }
        switch style.truncatedBody {
        case .drop: throw .truncated
        case .send: break
        case .headers: body = 0..<0
        }
        truncation = declaredLength.map { .declared($0) } ?? .unknown
    }
}
