internal import SPOP

/// Turns the arguments of a message into a `MirrorRequest`: what the client sent, less what belonged to its connection.
///
/// Two walks over the headers, one to measure and check and one to write, make one allocation and one copy enough.
struct RequestRenderer {
    let destination: Destination

    /// Throws when the copy would not be true; nothing is allocated then.
    func render(
        _ arguments: MirrorArguments, payload: RawSpan, receivedAt: Double
    ) throws(DropReason) -> MirrorRequest {
        let plan = try RequestPlan(arguments, payload: payload)
        let request = MirrorRequest.make(
            size: sizeBound(plan), destination: destination, receivedAt: receivedAt)
        unsafe request.withUnsafeMutablePointers { layout, bytes in
            var writer = unsafe Writer(bytes, capacity: layout.pointee.size)
            writer.append(payload, plan.method)
            writer.endString()
            unsafe layout.pointee.targetOffset = writer.count
            write(plan.target, payload, to: &writer)
            writer.endString()
            unsafe layout.pointee.headersOffset = writer.count
            let headerCount = writeHeaders(plan, arguments, payload, to: &writer)
            unsafe layout.pointee.headerCount = headerCount
            unsafe layout.pointee.bodyOffset = writer.count
            writer.append(payload, plan.body)
            unsafe layout.pointee.bodyLength = plan.body.count
            unsafe layout.pointee.answerHasNoBody =
                payload.matches(plan.method, "HEAD") || payload.matches(plan.method, "CONNECT")
        }
        return request
    }

    /// What the parts can take at most: a few bytes over what they do.
    private func sizeBound(_ plan: RequestPlan) -> Int {
        let target =
            switch plan.target {
            case .origin(let range), .queryOnly(let range), .verbatim(let range): range.count
            case .empty: 0
            }
        let requestLine = plan.method.count + 1 + destination.prefix.count + 1 + target + 1
        let ownHeaders =
            "host: ".utf8.count + destination.authority.count + 1 + "content-length: ".utf8.count + 20 + 1
        // ": " and a NUL for each header; a rewritten Content-Length is never longer than the 20 digits above.
        return requestLine + ownHeaders + plan.headerBytes + 3 * plan.headerCount + 20 + plan.body.count
    }

    private func write(_ target: RequestTarget, _ payload: RawSpan, to writer: inout Writer) {
        switch target {
        case .verbatim(let range): writer.append(payload, range)
        case .origin(let range):
            writer.append(destination.prefix)
            writer.append(payload, range)
        case .queryOnly(let range):
            writer.append(destination.prefix)
            writer.append(UInt8(ascii: "/"))
            writer.append(payload, range)
        case .empty(isOptions: true): writer.append(UInt8(ascii: "*"))
        case .empty(isOptions: false):
            writer.append(destination.prefix)
            writer.append(UInt8(ascii: "/"))
        }
    }

    /// The header lines in their order, each ended by a NUL; returns how many.
    private func writeHeaders(
        _ plan: RequestPlan, _ arguments: MirrorArguments, _ payload: RawSpan, to writer: inout Writer
    ) -> Int {
        var count = 0
        if !plan.hasHost {
            // HTTP/1.1 asks for one; only HTTP/1.0 clients leave it out.
            writer.append("host: ")
            writer.append(destination.authority)
            writer.endString()
            count += 1
        }
        if let headers = arguments.headers {
            let block = payload.extracting(headers.block)
            var fields = HeaderFields(block, form: headers.form)
            var lengthIsWritten = false
            // The plan has walked the same bytes without an error.
            while let field = try? fields.next() {
                switch HeaderRule(name: field.name, in: block) {
                case .drop, .connection, .transferEncoding: continue
                case .contentLength:
                    if lengthIsWritten { continue }
                    lengthIsWritten = true
                    writer.append(block, field.name)
                    writer.append(": ")
                    writer.append(decimal: plan.body.count)
                case .keep
                where !plan.connectionValues.isEmpty && plan.isNamedByConnection(field.name, in: block):
                    continue
                case .keep, .host: write(field, block, to: &writer)
                }
                writer.endString()
                count += 1
            }
        }
        if !plan.hasContentLength, !plan.body.isEmpty || plan.wasChunked {
            writer.append("content-length: ")
            writer.append(decimal: plan.body.count)
            writer.endString()
            count += 1
        }
        return count
    }

    private func write(_ field: HeaderReader.Header, _ block: RawSpan, to writer: inout Writer) {
        writer.append(block, field.name)
        guard !block.trimmed(field.value).isEmpty else {
            // What libcurl turns into "name:"; a line that ends with the colon would mean "leave it out".
            writer.append(UInt8(ascii: ";"))
            return
        }
        writer.append(": ")
        writer.append(block, field.value)
    }
}

extension RequestRenderer {
    /// Fills a request front to back. The capacity is the plan's: passing it is an error of ours, not of a peer.
    @safe private struct Writer {
        private let bytes: UnsafeMutablePointer<UInt8>
        private let capacity: Int
        private(set) var count = 0

        init(_ bytes: UnsafeMutablePointer<UInt8>, capacity: Int) {
            unsafe self.bytes = bytes
            self.capacity = capacity
        }

        mutating func append(_ byte: UInt8) {
            precondition(count < capacity)
            unsafe bytes[count] = byte
            count &+= 1
        }

        mutating func endString() { append(0) }

        mutating func append(_ source: RawSpan, _ range: Range<Int>) {
            unsafe source.extracting(range).withUnsafeBytes { unsafe append(from: $0) }
        }

        mutating func append(_ source: [UInt8]) { unsafe source.withUnsafeBytes { unsafe append(from: $0) } }

        mutating func append(_ text: StaticString) {
            unsafe append(from: UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
        }

        mutating func append(decimal number: Int) {
            if number >= 10 { append(decimal: number / 10) }
            append(UInt8(ascii: "0") + UInt8(number % 10))
        }

        private mutating func append(from source: UnsafeRawBufferPointer) {
            guard let start = source.baseAddress, source.count > 0 else { return }
            precondition(source.count <= capacity - count)
            unsafe UnsafeMutableRawPointer(bytes + count).copyMemory(from: start, byteCount: source.count)
            count &+= source.count
        }
    }
}
