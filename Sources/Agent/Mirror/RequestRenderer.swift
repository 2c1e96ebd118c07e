internal import SPOP

/// Turns the arguments of a message into a `MirrorRequest`: what the client sent, less what belonged to its connection,
/// plus what the operator wants on every copy.
struct RequestRenderer {
    let url: MirrorURL
    private let rules: CopyRules
    private let watch: BodyWatch
    private let policy: HeaderPolicy
    /// What Host says where it does not say what the client's does.
    private let host: [UInt8]
    private let parentIDs = TraceParent.ParentIDs()

    /// For copies to the destination that has `settings`.
    init(_ settings: DestinationSettings, watch: BodyWatch) {
        self.init(
            url: settings.url, style: settings.style, watch: watch,
            keepsTrailers: settings.transport.mayBeHTTP2(to: settings.url))
    }

    init(url: MirrorURL, style: CopyStyle, watch: BodyWatch = BodyWatch(), keepsTrailers: Bool = false) {
        self.url = url
        rules = CopyRules(style)
        self.watch = watch
        host = if case .literal(let name) = style.host { Array(name.utf8) } else { url.authority }
        policy = HeaderPolicy(
            host: host, replacesHost: style.host != .preserve, keepsTrailers: keepsTrailers,
            trace: style.trace)
    }

    /// Throws when the copy would not be true, or is not wanted, and `queueFull` when it would hold more than `room` bytes; nothing is
    /// allocated then.
    func render(
        _ arguments: MirrorArguments, payload: RawSpan, _ arrival: Arrival, room: Int = .max
    ) throws(Refusal) -> MirrorRequest {
        let plan = try RequestPlan(
            arguments, payload: payload, rules: rules, policy: policy, bufferSize: arrival.bufferSize,
            watch: watch)
        let size = size(of: plan, payload)
        guard MirrorRequest.leastMemory(size: size) <= room else { throw .queueFull }
        let request = MirrorRequest.make(size: size, to: url, arrival: arrival)
        unsafe request.withUnsafeMutablePointers { layout, bytes in
            var writer = unsafe RequestWriter(bytes, capacity: layout.pointee.size)
            unsafe layout.pointee.methodEnd = plan.method.count
            writeMethodAndTarget(plan, payload, to: &writer)
            unsafe layout.pointee.targetEnd = writer.count
            writeVersion(plan, payload, to: &writer)
            writeClientFields(plan, arguments, payload, arrival, to: &writer)
            writeOwnFields(plan, payload, to: &writer)
            unsafe layout.pointee.fieldsEnd = writer.count
            unsafe layout.pointee.fieldCount = writer.fieldCount
            unsafe layout.pointee.uniqueIDStart = UInt32(exactly: writer.uniqueIDStart) ?? 0
            writer.endLine()
            writer.append(payload, plan.body)
            unsafe layout.pointee.bodyEnd = writer.count
            unsafe layout.pointee.answerHasNoBody = payload.matches(plan.method, "HEAD")
            // Another method by its case (RFC 9110, section 9.1), and CONNECT to some proxies: Squid's relaxed_header_parser.
            unsafe layout.pointee.mayOpenTunnel = payload.equalsIgnoringCase(plan.method, "connect")
            unsafe layout.pointee.authenticates = plan.authenticates || rules.edits.authenticates
        }
        return request
    }

    /// Bytes of all parts: what writing them takes, and of the client's fields what the plan has measured.
    private func size(of plan: RequestPlan, _ payload: RawSpan) -> Int {
        var counter = RequestWriter()
        writeMethodAndTarget(plan, payload, to: &counter)
        writeVersion(plan, payload, to: &counter)
        writeOwnFields(plan, payload, to: &counter)
        counter.endLine()
        return counter.count + plan.fieldBytes + plan.body.count
    }

    private func writeMethodAndTarget(
        _ plan: RequestPlan, _ payload: RawSpan, to writer: inout RequestWriter
    ) {
        writer.append(payload, plan.method)
        writer.append(UInt8(ascii: " "))
        switch plan.target {
        case .verbatim(let range): writer.append(payload, range)
        case .origin(let range):
            writer.append(url.prefix)
            writer.append(payload, range)
        case .pathless(let range):
            writer.append(url.prefix)
            writer.append(UInt8(ascii: "/"))
            writer.append(payload, range)
        case .asterisk: writer.append(UInt8(ascii: "*"))
        }
    }

    /// The rest of the request line, and the Host that HTTP/1.1 asks for; only HTTP/1.0 clients leave it out.
    private func writeVersion(_ plan: RequestPlan, _ payload: RawSpan, to writer: inout RequestWriter) {
        writer.append(MirrorRequest.Layout.version)
        writer.endLine()
        if plan.host == nil { add("host", .host, plan, payload, to: &writer) }
    }

    /// The client's header lines in their order. The plan has walked the same bytes to their end.
    private func writeClientFields(
        _ plan: RequestPlan, _ arguments: MirrorArguments, _ payload: RawSpan, _ arrival: Arrival,
        to writer: inout RequestWriter
    ) {
        var policy = policy
        policy.addressField = plan.addressField
        policy.trace = plan.trace
        arguments.forEachField(in: payload) { field, block in
            switch policy.action(KnownField(field.name, in: block), field, in: block, rules.edits) {
            case .drop: return
            case .append(let value):
                writer.append(block, field.name)
                writer.append(": ")
                if !block.trimmed(field.value).isEmpty {
                    writer.append(block, field.value)
                    writer.append(", ")
                }
                append(value, plan, payload, to: &writer)
            case .keep:
                writer.append(block, field.name)
                if block.trimmed(field.value).isEmpty {
                    writer.append(UInt8(ascii: ":"))
                } else {
                    writer.append(": ")
                    writer.append(block, field.value)
                }
            case .rewrite(let value):
                writer.append(block, field.name)
                writer.append(": ")
                if case .traceparent = value {
                    appendTraceparent(plan.traceID, block, parentIDs.id(of: arrival.id), to: &writer)
                } else {
                    append(value, plan, payload, to: &writer)
                }
            }
            writer.endField()
        }
    }

    /// Flags of zero: not sampled, and nothing else that this version knows.
    @inline(never)
    private func appendTraceparent(
        _ traceID: Range<Int>, _ block: RawSpan, _ parentID: UInt64, to writer: inout RequestWriter
    ) {
        writer.append("00-")
        writer.append(block, traceID)
        writer.append(UInt8(ascii: "-"))
        writer.append(hexadecimal: parentID)
        writer.append("-00")
    }

    /// The fields that the client did not send; the mark is the last.
    private func writeOwnFields(_ plan: RequestPlan, _ payload: RawSpan, to writer: inout RequestWriter) {
        if plan.declaredLength == nil, !plan.body.isEmpty || plan.wasChunked {
            add("content-length", .bodyLength, plan, payload, to: &writer)
        }
        if plan.isTruncated, !rules.edits.removesTruncated {
            add("X-Mirror-Truncated", .declaredLength, plan, payload, to: &writer)
        }
        if plan.lastForwardedFor == nil, plan.source != nil {
            add("X-Forwarded-For", .clientAddress, plan, payload, to: &writer)
        }
        if plan.id != nil { add("X-Request-ID", .requestID, plan, payload, to: &writer) }
        writer.append(lines: rules.edits.lines, count: rules.edits.lineCount)
        if let mark = rules.mark {
            writer.append(mark.name)
            writer.append(": ")
            writer.append(mark.value)
            writer.endField()
        }
    }

    private func add(
        _ name: StaticString, _ value: HeaderPolicy.Value, _ plan: RequestPlan, _ payload: RawSpan,
        to writer: inout RequestWriter
    ) {
        writer.append(name)
        writer.append(": ")
        append(value, plan, payload, to: &writer)
        writer.endField()
    }

    private func append(
        _ value: HeaderPolicy.Value, _ plan: RequestPlan, _ payload: RawSpan, to writer: inout RequestWriter
    ) {
        switch value {
        case .bodyLength: writer.append(decimal: plan.body.count)
        case .host: writer.append(host)
        case .trailers: writer.append("trailers")
        case .clientAddress: if let source = plan.source { writer.append(source) }
        case .traceparent: break
        case .requestID: if let id = plan.id { writer.append(payload, uniqueID: id) }
        case .declaredLength:
            if let length = plan.declaredLength {
                writer.append(decimal: length)
            } else {
                writer.append("unknown")
            }
        }
    }
}
