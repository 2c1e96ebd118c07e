internal import SPOP
internal import System

/// What is wrong with a copy that cannot be sent as what it is.
enum Malformation: Hashable {
    /// The message has no method, or no target.
    case missing
    /// An argument has a type that it cannot have.
    case wrongType
    /// The method is no token.
    case method
    /// The target is empty, or has a blank or a control character.
    case target
    /// The header block does not decode.
    case headers
    /// The name of the field that begins at this byte of the header block is no token, or its value cannot be sent.
    case field(at: Int)
    /// The Content-Length that begins at this byte of the header block is no number, or not the one before it.
    case length(at: Int)
    /// There are two Host fields that differ.
    case hosts
    /// There are more fields than any HAProxy sends.
    case tooManyFields
    /// The unique id cannot be the value of a field.
    case id
    /// The body has more bytes than the request declares.
    case bodyTooLong(declared: Int)
    /// It came behind the 64th message of a NOTIFY.
    case excess

    /// For the log, which sums up what repeats; nil for what is said there once (`UnknownMessages`).
    var label: String? {
        switch self {
        case .missing: nil
        case .wrongType: "arguments"
        case .method: "method"
        case .target: "target"
        case .headers: "headers"
        case .field: "field"
        case .length: "content-length"
        case .hosts: "host"
        case .tooManyFields: "too many fields"
        case .id: "unique id"
        case .bodyTooLong: "body"
        case .excess: "messages"
        }
    }
}

// MARK: what is said of it

/// The message is read once more to say it. No value of a field but Content-Length is repeated: it may be a secret.
extension Malformation {
    /// Bytes of a name that are repeated.
    private static let longestName = 64
    /// Names of arguments that are repeated.
    private static let mostNames = 16
    /// Bytes of them all, as they are shown: one that is not printable takes four.
    private static let longestList = 1000

    static let pastTheLast = "behind the \(Notification.mostMessages)th message of a NOTIFY"

    /// One sentence, in printable ASCII, of at most some hundred bytes.
    func detail(_ arguments: MirrorArguments, _ payload: RawSpan) -> String {
        switch self {
        case .missing: Self.missing(arguments, payload)
        case .wrongType: Self.wrongType(arguments, payload)
        case .method: Self.method(arguments.method ?? 0..<0, payload)
        case .target: Self.target(arguments.path ?? 0..<0, payload)
        case .headers: "arg_hdrs does not decode: it must be req.hdrs_bin or req.hdrs"
        case .field(let start): Self.field(start, arguments, payload)
        case .length(let start): Self.length(start, arguments, payload)
        case .hosts: "there are two Host fields, and they differ"
        case .tooManyFields: "there are over \(RequestPlan.mostFields) fields"
        case .id: "arg_id has a line break or a NUL in it"
        case .bodyTooLong(let declared):
            "the body has \(arguments.body?.count ?? 0) bytes, Content-Length says \(declared): is arg_body=req.body?"
        case .excess: Self.pastTheLast
        }
    }

    private static func missing(_ arguments: MirrorArguments, _ payload: RawSpan) -> String {
        var names: [String] = []
        var (count, nameless, length) = (0, 0, 0)
        var (hasMethod, hasPath) = (false, false)
        arguments.forEach(in: payload) { argument, bytes in
            count += 1
            // There, and NULL: HAProxy's sample gave nothing.
            if bytes.matches(argument.name, "arg_method") { hasMethod = true }
            if bytes.matches(argument.name, "arg_path") { hasPath = true }
            if argument.name.isEmpty {
                nameless += 1
            } else if names.count < mostNames, length < longestList {
                names.append(name(argument.name, bytes))
                length += names.last?.utf8.count ?? 0
            }
        }
        var problems: [String] = []
        if arguments.method == nil {
            problems.append(hasMethod ? "arg_method has no value" : "no arg_method")
        }
        if arguments.path == nil { problems.append(hasPath ? "arg_path has no value" : "no arg_path") }
        let text = problems.joined(separator: ", ")
        guard !hasMethod || !hasPath else { return text }
        let more = count - nameless - names.count
        if more > 0 { names.append("\(more) more") }
        if nameless > 0 { names.append("\(nameless) without a name") }
        return "\(text); the message has: \(names.isEmpty ? "none" : names.joined(separator: ", "))"
    }

    private static func wrongType(_ arguments: MirrorArguments, _ payload: RawSpan) -> String {
        var wrong: [String] = []
        var length = 0
        arguments.forEach(in: payload) { argument, bytes in
            var alone = MirrorArguments(at: 0)
            alone.take(argument, in: bytes)
            guard alone.hasWrongType, wrong.count < mostNames, length < longestList else { return }
            wrong.append("\(name(argument.name, bytes)) cannot be \(argument.value.typeName)")
            length += wrong.last?.utf8.count ?? 0
        }
        return wrong.joined(separator: ", ")
    }

    private static func method(_ range: Range<Int>, _ payload: RawSpan) -> String {
        range.isEmpty ? "arg_method is empty" : "the method \(quoted(range, payload)) is no token"
    }

    private static func target(_ range: Range<Int>, _ payload: RawSpan) -> String {
        guard let wrong = range.first(where: { !FieldRules.isTarget($0..<$0 + 1, in: payload) }) else {
            return "arg_path is empty"
        }
        let what = payload.byte(wrong) == 0x20 ? "a blank" : "a control character"
        return "the target has \(what) as its byte \(wrong - range.lowerBound + 1)"
    }

    private static func field(_ start: Int, _ arguments: MirrorArguments, _ payload: RawSpan) -> String {
        var text = ""
        arguments.forEachField(in: payload) { field, block in
            guard field.name.lowerBound == start else { return }
            guard block.isToken(field.name) else {
                return text = "the field name \(quoted(field.name, block)) is no token"
            }
            func has(_ byte: UInt8) -> Bool { block.firstIndex(of: byte, in: field.value) != nil }
            let what =
                has(0x0D)
                ? "a carriage return in it"
                : has(0x0A)
                    ? "a line feed in it"
                    : has(0) ? "a NUL in it" : "a vertical tab or form feed at its beginning"
            text = "the value of the field \(quoted(field.name, block)) has \(what)"
        }
        return text
    }

    private static func length(_ start: Int, _ arguments: MirrorArguments, _ payload: RawSpan) -> String {
        var text = ""
        var first: Range<Int>?
        arguments.forEachField(in: payload) { field, block in
            guard KnownField(field.name, in: block) == .contentLength else { return }
            let value = block.trimmed(field.value)
            if field.name.lowerBound == start {
                text =
                    if let first, FieldRules.length(value, in: block) != nil {
                        "there are two Content-Length: \(quoted(first, block)) and \(quoted(value, block))"
                    } else {
                        "Content-Length is no number of bytes: \(quoted(value, block))"
                    }
            }
            first = first ?? value
        }
        return text
    }

    private static func name(_ range: Range<Int>, _ payload: RawSpan) -> String {
        PrintableText.of(payload.bytes(range, limit: longestName))
    }

    private static func quoted(_ range: Range<Int>, _ payload: RawSpan) -> String {
        PrintableText.quoted(payload.bytes(range, limit: longestName))
    }
}

extension TypedValue {
    /// As HAProxy's manual calls it.
    fileprivate var typeName: String {
        switch self {
        case .null: "nothing"
        case .bool: "a boolean"
        case .int32, .uint32, .int64, .uint64: "an integer"
        case .ipv4, .ipv6: "an address"
        case .string: "a string"
        case .binary: "a binary"
        }
    }
}
