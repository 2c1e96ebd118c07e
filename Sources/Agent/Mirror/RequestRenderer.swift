internal import SPOP

/// Turns the arguments of a message into a `MirrorRequest`: what the client sent, less what belonged to its connection,
/// plus what the operator wants on every copy.
///
/// Two walks over the headers, one to measure and check and one to write, make one allocation and one copy enough.
struct RequestRenderer {
    private let destination: Destination
    private let style: CopyStyle
    private let watch: BodyWatch
    /// `te: trailers` stays: HTTP/2 allows it, and no other TE (RFC 9113, section 8.2.2), and gRPC servers want it.
    private let keepsTrailers: Bool
    /// What Host says instead of the client's; nil keeps that.
    private let host: [UInt8]?
    /// Bytes that all the fields of our own can take together, values of the client's left out.
    private let ownBytes: Int

    init(_ settings: Settings, _ destination: Destination) {
        self.init(
            destination: destination, style: settings.destination.style,
            watch: settings.bodyWatch,
            keepsTrailers: settings.destination.transport.mayBeHTTP2(to: destination.url))
    }

    init(
        destination: Destination, style: CopyStyle, watch: BodyWatch = BodyWatch(),
        keepsTrailers: Bool = false
    ) {
        self.destination = destination
        self.style = style
        self.watch = watch
        self.keepsTrailers = keepsTrailers
        host =
            switch style.host {
            case .preserve: nil
            case .destination: destination.url.authority
            case .literal(let name): Array(name.utf8)
            }
        let names = [
            "host: ", "content-length: ", "X-Mirror-Truncated: ", "X-Forwarded-For: ", ", ", "X-Request-ID: ",
        ]
        let mark = style.mark.map { $0.name.count + $0.value.count } ?? 0
        ownBytes =
            names.reduce(0) { $0 + $1.utf8.count + 2 } + (host ?? destination.url.authority).count + 2 * 20
            + 46
            + mark + 4
    }

    /// Throws when the copy would not be true, or is not wanted; nothing is allocated then.
    func render(
        _ arguments: MirrorArguments, payload: RawSpan, _ arrival: Arrival
    ) throws(Refusal) -> MirrorRequest {
        let plan = try RequestPlan(
            arguments, payload: payload, style: style, bufferSize: arrival.bufferSize, watch: watch)
        let request = MirrorRequest.make(
            size: sizeBound(plan), destination: destination, arrival: arrival)
        unsafe request.withUnsafeMutablePointers { layout, bytes in
            var writer = unsafe RequestWriter(bytes, capacity: layout.pointee.size)
            writer.append(payload, plan.method)
            unsafe layout.pointee.methodEnd = writer.count
            writer.append(UInt8(ascii: " "))
            write(plan.target, payload, to: &writer)
            unsafe layout.pointee.targetEnd = writer.count
            writer.append(MirrorRequest.Layout.version)
            writer.endLine()
            writeClientFields(plan, arguments, payload, to: &writer)
            writeOwnFields(plan, payload, to: &writer)
            unsafe layout.pointee.fieldsEnd = writer.count
            unsafe layout.pointee.fieldCount = writer.fieldCount
            writer.endLine()
            writer.append(payload, plan.body)
            unsafe layout.pointee.bodyEnd = writer.count
            unsafe layout.pointee.answerHasNoBody = payload.matches(plan.method, "HEAD")
            // Another method by its case (RFC 9110, section 9.1), and CONNECT to some proxies: Squid's relaxed_header_parser.
            unsafe layout.pointee.mayOpenTunnel = payload.equalsIgnoringCase(plan.method, "connect")
            unsafe layout.pointee.authenticates = plan.authenticates
        }
        return request
    }

    /// What the parts can take at most: some bytes over what they do.
    private func sizeBound(_ plan: RequestPlan) -> Int {
        let target =
            switch plan.target {
            case .origin(let range), .queryOnly(let range), .verbatim(let range): range.count
            case .empty: 0
            }
        let requestLine =
            plan.method.count + destination.url.prefix.count + 1 + target + "  HTTP/1.1\r\n".utf8.count
        // ": " and CR LF for each header; another Host for each of the client's, which are mostly one.
        let fields = plan.headerBytes + (4 + (host?.count ?? 0)) * plan.headerCount + "\r\n".utf8.count
        return requestLine + fields + ownBytes + (plan.id?.count ?? 0) + plan.body.count
    }

    private func write(_ target: RequestTarget, _ payload: RawSpan, to writer: inout RequestWriter) {
        switch target {
        case .verbatim(let range): writer.append(payload, range)
        case .origin(let range):
            writer.append(destination.url.prefix)
            writer.append(payload, range)
        case .queryOnly(let range):
            writer.append(destination.url.prefix)
            writer.append(UInt8(ascii: "/"))
            writer.append(payload, range)
        case .empty(isOptions: true): writer.append(UInt8(ascii: "*"))
        case .empty(isOptions: false):
            writer.append(destination.url.prefix)
            writer.append(UInt8(ascii: "/"))
        }
    }

    /// The client's header lines in their order.
    private func writeClientFields(
        _ plan: RequestPlan, _ arguments: MirrorArguments, _ payload: RawSpan, to writer: inout RequestWriter
    ) {
        if !plan.hasHost {
            // HTTP/1.1 asks for one; only HTTP/1.0 clients leave it out.
            writer.append("host: ")
            writer.append(host ?? destination.url.authority)
            writer.endField()
        }
        guard let headers = arguments.headers else { return }
        let block = payload.extracting(headers.block)
        var fields = HeaderFields(block, form: headers.form)
        var hostIsWritten = false
        var lengthIsWritten = false
        var trailersAreWritten = false
        var forwardedForLeft = plan.forwardedForCount
        // The plan has walked the same bytes without an error.
        while let field = try? fields.next() {
            switch HeaderRule(name: field.name, in: block) {
            case .drop, .transferEncoding: continue
            case .te:
                guard keepsTrailers, !trailersAreWritten, FieldRules.listsTrailers(field.value, in: block)
                else {
                    continue
                }
                trailersAreWritten = true
                writer.append(block, field.name)
                writer.append(": trailers")
            case .contentLength:
                if lengthIsWritten { continue }
                lengthIsWritten = true
                writer.append(block, field.name)
                writer.append(": ")
                writer.append(decimal: plan.body.count)
            case .host:
                if hostIsWritten { continue }
                hostIsWritten = true
                if let host {
                    writer.append(block, field.name)
                    writer.append(": ")
                    writer.append(host)
                } else {
                    write(field, block, to: &writer)
                }
            case .forwardedFor:
                forwardedForLeft -= 1
                if forwardedForLeft == 0, let source = plan.source {
                    writeForwardedFor(field, block, source, to: &writer)
                } else {
                    write(field, block, to: &writer)
                }
            case .keep, .requestID, .authorization: write(field, block, to: &writer)
            }
            writer.endField()
        }
    }

    private func write(_ field: HeaderReader.Header, _ block: RawSpan, to writer: inout RequestWriter) {
        writer.append(block, field.name)
        guard !block.trimmed(field.value).isEmpty else { return writer.append(UInt8(ascii: ":")) }
        writer.append(": ")
        writer.append(block, field.value)
    }

    private func writeForwardedFor(
        _ field: HeaderReader.Header, _ block: RawSpan, _ source: ClientAddress,
        to writer: inout RequestWriter
    ) {
        writer.append(block, field.name)
        writer.append(": ")
        if !block.trimmed(field.value).isEmpty {
            writer.append(block, field.value)
            writer.append(", ")
        }
        writer.append(source)
    }

    /// The fields that the client did not send.
    private func writeOwnFields(_ plan: RequestPlan, _ payload: RawSpan, to writer: inout RequestWriter) {
        if !plan.hasContentLength, !plan.body.isEmpty || plan.wasChunked {
            writer.append("content-length: ")
            writer.append(decimal: plan.body.count)
            writer.endField()
        }
        if let truncation = plan.truncation {
            writer.append("X-Mirror-Truncated: ")
            switch truncation {
            case .declared(let length): writer.append(decimal: length)
            case .unknown: writer.append("unknown")
            }
            writer.endField()
        }
        if let source = plan.source, plan.forwardedForCount == 0 {
            writer.append("X-Forwarded-For: ")
            writer.append(source)
            writer.endField()
        }
        if let id = plan.id {
            writer.append("X-Request-ID: ")
            writer.append(payload, id)
            writer.endField()
        }
        if let mark = style.mark {
            writer.append(mark.name)
            writer.append(": ")
            writer.append(mark.value)
            writer.endField()
        }
    }
}
