internal import SPOP

/// A copy measured and checked, not yet written: the first of the renderer's two walks over the headers.
struct RequestPlan {
    let method: Range<Int>
    let target: RequestTarget
    let body: Range<Int>
    private(set) var hasHost = false
    private(set) var hasContentLength = false
    private(set) var wasChunked = false
    /// Values of Connection that name more than `close` and `keep-alive`, as ranges of the header block.
    private(set) var connectionValues: [Range<Int>] = []
    /// Bytes of all kept names and values, and how many there are.
    private(set) var headerBytes = 0
    private(set) var headerCount = 0

    init(_ arguments: MirrorArguments, payload: RawSpan) throws(DropReason) {
        guard !arguments.hasWrongType, let method = arguments.method, let path = arguments.path,
            Self.isToken(method, in: payload), Self.isTarget(path, in: payload)
        else { throw .malformed }
        self.method = method
        target = RequestTarget(path, in: payload, method: method)
        body = arguments.body ?? 0..<0
        if let headers = arguments.headers {
            try measure(payload.extracting(headers.block), form: headers.form)
        }
    }

    private mutating func measure(_ block: RawSpan, form: HeaderFields.Form) throws(DropReason) {
        var declaredLength: Int?
        do throws(DecodeError) {
            var fields = HeaderFields(block, form: form)
            while let field = try fields.next() {
                guard Self.isSendable(field, in: block) else { throw DecodeError(.outOfRange, at: 0) }
                switch HeaderRule(name: field.name, in: block) {
                case .keep: break
                case .host: hasHost = true
                case .drop: continue
                case .connection:
                    noteConnection(field.value, in: block)
                    continue
                case .transferEncoding:
                    wasChunked = true
                    continue
                case .contentLength:
                    let length = try Self.parseLength(block.trimmed(field.value), in: block)
                    guard declaredLength == nil || declaredLength == length else {
                        throw DecodeError(.outOfRange, at: 0)
                    }
                    declaredLength = length
                    hasContentLength = true
                }
                headerBytes += field.name.count + field.value.count
                headerCount += 1
            }
        } catch {
            throw .malformed
        }
        if let declaredLength {
            guard declaredLength <= body.count else { throw .truncated }
            guard declaredLength == body.count else { throw .malformed }
        }
    }

    private mutating func noteConnection(_ value: Range<Int>, in block: RawSpan) {
        let isPlain =
            block.equalsIgnoringCase(value, "keep-alive") || block.equalsIgnoringCase(value, "close")
        if !isPlain { connectionValues.append(value) }
    }

    /// True for a field that Connection names: it was meant for HAProxy alone (RFC 9110, section 7.6.1). Host and
    /// Content-Length cannot be taken away like that.
    func isNamedByConnection(_ name: Range<Int>, in block: RawSpan) -> Bool {
        connectionValues.contains { value in
            var start = value.lowerBound
            while start < value.upperBound {
                let end =
                    (start..<value.upperBound).first { block.byte($0) == UInt8(ascii: ",") }
                    ?? value.upperBound
                if block.equalsIgnoringCase(block.trimmed(start..<end), name) { return true }
                start = end + 1
            }
            return false
        }
    }

    /// RFC 9110, section 5.6.2.
    private static func isToken(_ range: Range<Int>, in payload: RawSpan) -> Bool {
        !range.isEmpty
            && range.allSatisfy { index in
                switch payload.byte(index) {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                case let byte: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }

    /// No blank and no control byte: they would end the target early.
    private static func isTarget(_ range: Range<Int>, in payload: RawSpan) -> Bool {
        !range.isEmpty && range.allSatisfy { payload.byte($0) > 0x20 && payload.byte($0) != 0x7F }
    }

    /// A name with a colon, or with the semicolon that means something to libcurl, would become another field.
    @inline(__always)
    private static func isSendable(_ field: HeaderReader.Header, in block: RawSpan) -> Bool {
        guard !block.containsLineBreak(field.name), !block.containsLineBreak(field.value) else {
            return false
        }
        return field.name.allSatisfy {
            block.byte($0) != UInt8(ascii: ":") && block.byte($0) != UInt8(ascii: ";")
        }
    }

    private static func parseLength(_ range: Range<Int>, in block: RawSpan) throws(DecodeError) -> Int {
        guard !range.isEmpty, range.count <= 18 else { throw DecodeError(.outOfRange, at: 0) }
        var length = 0
        for index in range {
            guard case UInt8(ascii: "0")...UInt8(ascii: "9") = block.byte(index) else {
                throw DecodeError(.outOfRange, at: 0)
            }
            length = length * 10 + Int(block.byte(index) - UInt8(ascii: "0"))
        }
        return length
    }
}
