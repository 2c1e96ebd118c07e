internal import SPOP

/// Where a request has what a sample can go by. All of it is a client's to choose: whatever the bytes are, they are compared as
/// they are, and nothing is copied.
extension MirrorArguments {
    /// The bytes of a part in `payload`, possibly none; nil when the request does not have it. Of several, the first one counts.
    func value(of part: SampleKey.Part, in payload: RawSpan) -> Range<Int>? {
        switch part {
        case .cookie(let name): cookie(name, in: payload)
        case .header(let name): field(name, in: payload)
        case .query(let name): parameter(name, in: payload)
        case .source: address(in: payload)
        }
    }

    /// Of whichever Cookie field: HTTP/2 may have one for each cookie. Read as servers do (RFC 6265, section 4.2): blanks around
    /// name and value do not count, quotes do.
    private func cookie(_ name: [UInt8], in payload: RawSpan) -> Range<Int>? {
        firstField(in: payload) { field, block in
            guard block.equalsIgnoringCase(field.name, "cookie") else { return nil }
            return block.pair(
                named: name, in: field.value, separator: UInt8(ascii: ";"), isTrimmed: true)
        }
    }

    private func field(_ name: [UInt8], in payload: RawSpan) -> Range<Int>? {
        firstField(in: payload) { field, block in
            block.equalsIgnoringCase(field.name, name) ? block.trimmed(field.value) : nil
        }
    }

    /// As it stands in the target: nothing is decoded.
    private func parameter(_ name: [UInt8], in payload: RawSpan) -> Range<Int>? {
        guard let path else { return nil }
        let end = payload.firstIndex(of: UInt8(ascii: "#"), in: path) ?? path.upperBound
        guard let mark = payload.firstIndex(of: UInt8(ascii: "?"), in: path.lowerBound..<end) else {
            return nil
        }
        return payload.pair(
            named: name, in: mark + 1..<end, separator: UInt8(ascii: "&"), isTrimmed: false)
    }

    /// The four bytes of IPv4, also where HAProxy listens for both and says `::ffff:192.0.2.1`; or the sixteen of IPv6.
    private func address(in payload: RawSpan) -> Range<Int>? {
        guard let source, source.count == 16 else { return source }
        let isMapped =
            payload.littleEndianWord(at: source.lowerBound) == 0
            && payload.uint32(source.lowerBound + 8) == 0xFFFF
        return isMapped ? source.dropFirst(12) : source
    }

    /// What `find` makes of the first field that it takes, as a range of `payload`. It stops where the block does not decode, or
    /// has more fields than are mirrored: nothing becomes of such a request.
    private func firstField(
        in payload: RawSpan, _ find: (HeaderReader.Header, RawSpan) -> Range<Int>?
    ) -> Range<Int>? {
        guard let headers else { return nil }
        let block = payload.extracting(headers.block)
        var fields = HeaderReader(block, form: headers.form)
        for _ in 0..<RequestPlan.mostFields {
            guard let field = try? fields.next() else { return nil }
            guard let found = find(field, block) else { continue }
            return headers.block.lowerBound + found.lowerBound..<headers.block.lowerBound + found.upperBound
        }
        return nil
    }
}

extension RawSpan {
    /// The value of the first `name=value` in a list; nil when there is none. Names are compared byte for byte.
    fileprivate func pair(
        named name: [UInt8], in list: Range<Int>, separator: UInt8, isTrimmed: Bool
    ) -> Range<Int>? {
        var rest = list
        while true {
            let end = firstIndex(of: separator, in: rest) ?? rest.upperBound
            if let equals = firstIndex(of: UInt8(ascii: "="), in: rest.lowerBound..<end) {
                let (found, value) = (rest.lowerBound..<equals, equals + 1..<end)
                if matches(isTrimmed ? trimmed(found) : found, name) {
                    return isTrimmed ? trimmed(value) : value
                }
            }
            guard end < rest.upperBound else { return nil }
            rest = end + 1..<rest.upperBound
        }
    }
}
