internal import SPOP

/// The arguments of one `mirror` message, as ranges of its payload. They carry no bytes: cheap to make, and valid as
/// long as the payload stays where it is.
struct MirrorArguments {
    /// Where they begin in the payload, behind the name of their message.
    let start: Int
    var method: Range<Int>?
    var path: Range<Int>?
    /// The HTTP version that the client speaks, as in `1.1`.
    var version: Range<Int>?
    /// `req.hdrs_bin` when it came as a binary, `req.hdrs` when it came as a string.
    var headers: (block: Range<Int>, form: HeaderReader.Form)?
    var body: Range<Int>?
    /// What HAProxy knows of the body's size in bytes (`req.body_size`).
    var bodySize: UInt64?
    /// HAProxy has seen the end of the request (`internal.htx.has_eom`).
    var isWhole: Bool?
    /// The client's address, 4 or 16 bytes.
    var source: Range<Int>?
    /// HAProxy's unique id of the request.
    var id: Range<Int>?
    /// Which destinations HAProxy asks for.
    var destinations = Destinations.all
    /// An argument had a type that it cannot have; the copy is not sent.
    var hasWrongType = false

    enum Destinations {
        /// The message does not say.
        case all
        case none
        /// Names, separated by commas.
        case named(Range<Int>)
    }

    /// The message does not say for which destinations it is.
    var isForAll: Bool { if case .all = destinations { true } else { false } }

    init(at start: Int) { self.start = start }

    /// Takes one argument. Names that are not ours are left alone, and so is NULL: HAProxy sends it for a sample that
    /// gave nothing.
    mutating func take(_ argument: MessageReader.Argument, in payload: RawSpan) {
        let name = argument.name
        if payload.matches(name, "arg_method") {
            method = text(argument.value)
        } else if payload.matches(name, "arg_path") {
            path = text(argument.value)
        } else if payload.matches(name, "arg_ver") {
            version = text(argument.value)
        } else if payload.matches(name, "arg_hdrs") {
            switch argument.value {
            case .binary(let range): headers = (range, .binary)
            case .string(let range): headers = (range, .text)
            case .null: headers = nil
            default: hasWrongType = true
            }
        } else if payload.matches(name, "arg_body") {
            body = text(argument.value)
        } else if payload.matches(name, "arg_size") {
            bodySize = argument.value.unsigned
            hasWrongType = hasWrongType || (bodySize == nil && argument.value != .null)
        } else if payload.matches(name, "arg_whole") {
            switch argument.value {
            case .bool(let flag): isWhole = flag
            case .null: isWhole = nil
            default: hasWrongType = true
            }
        } else if payload.matches(name, "arg_src") {
            switch argument.value {
            case .ipv4(let range), .ipv6(let range): source = range
            case .null: source = nil
            default: hasWrongType = true
            }
        } else if payload.matches(name, "arg_id") {
            id = text(argument.value)
        } else if payload.matches(name, "arg_to") {
            // A map without an entry and without a default gives NULL.
            destinations = text(argument.value).map { $0.isEmpty ? .none : .named($0) } ?? .none
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

extension MirrorArguments {
    /// Calls `body` with each argument of the message, and the bytes that its ranges are of.
    func forEach(in payload: RawSpan, _ body: (MessageReader.Argument, RawSpan) -> Void) {
        let bytes = payload.extracting(start..<payload.byteCount)
        guard var reader = try? MessageReader(argumentsAtStartOf: bytes) else { return }
        while let argument = try? reader.nextArgument() { body(argument, bytes) }
    }

    /// Calls `body` with each header field in its order, and the block that its ranges are of. False when the block does not
    /// decode to its end.
    @inline(__always)
    @discardableResult
    func forEachField<Failure: Error>(
        in payload: RawSpan, _ body: (HeaderReader.Header, RawSpan) throws(Failure) -> Void
    ) throws(Failure) -> Bool {
        guard let headers else { return true }
        let block = payload.extracting(headers.block)
        var fields = HeaderReader(block, form: headers.form)
        while true {
            let next: HeaderReader.Header?
            do throws(DecodeError) { next = try fields.next() } catch { return false }
            guard let field = next else { return true }
            try body(field, block)
        }
    }
}
