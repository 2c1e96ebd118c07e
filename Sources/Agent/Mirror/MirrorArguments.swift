internal import SPOP

/// The arguments of one `mirror` message, as ranges of its payload. They carry no bytes: cheap to make, and valid as
/// long as the payload stays where it is.
struct MirrorArguments {
    var method: Range<Int>?
    var path: Range<Int>?
    /// `req.hdrs_bin` when it came as a binary, `req.hdrs` when it came as a string.
    var headers: (block: Range<Int>, form: HeaderFields.Form)?
    var body: Range<Int>?
    /// The client's address, 4 or 16 bytes.
    var source: Range<Int>?
    /// HAProxy's unique id of the request.
    var id: Range<Int>?
    /// An argument had a type that it cannot have; the copy is not sent.
    var hasWrongType = false

    /// Takes one argument. Names that are not ours are left alone, and so is NULL: HAProxy sends it for a sample that
    /// gave nothing.
    mutating func take(_ argument: MessageReader.Argument, in payload: RawSpan) {
        let name = argument.name
        if payload.matches(name, "arg_method") {
            method = text(argument.value)
        } else if payload.matches(name, "arg_path") {
            path = text(argument.value)
        } else if payload.matches(name, "arg_ver") {
            // Checked and not used: a copy goes in the version that the mirror is spoken to in.
            _ = text(argument.value)
        } else if payload.matches(name, "arg_hdrs") {
            switch argument.value {
            case .binary(let range): headers = (range, .binary)
            case .string(let range): headers = (range, .text)
            case .null: headers = nil
            default: hasWrongType = true
            }
        } else if payload.matches(name, "arg_body") {
            body = text(argument.value)
        } else if payload.matches(name, "arg_src") {
            switch argument.value {
            case .ipv4(let range), .ipv6(let range): source = range
            case .null: source = nil
            default: hasWrongType = true
            }
        } else if payload.matches(name, "arg_id") {
            id = text(argument.value)
        }
    }

    private mutating func text(_ value: TypedValue) -> Range<Int>? {
        switch value {
        case .string(let range), .binary(let range): return range
        case .null: return nil
        default:
            hasWrongType = true
            return nil
        }
    }
}

extension RawSpan {
    /// True when the bytes of `range` are those of `text`.
    @inline(__always)
    func matches(_ range: Range<Int>, _ text: StaticString) -> Bool {
        guard range.count == text.utf8CodeUnitCount else { return false }
        return unsafe extracting(range).withUnsafeBytes { bytes in
            for index in 0..<bytes.count where unsafe bytes[index] != text.utf8Start[index] { return false }
            return true
        }
    }
}
