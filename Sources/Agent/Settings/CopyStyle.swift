internal import SPOP

/// How a copy differs from what the client sent, where it may: set by the operator, the same for every request.
struct CopyStyle: Hashable, Sendable {
    /// What the Host field says.
    enum HostHeader: Hashable, Sendable, CustomStringConvertible {
        /// What the client sent.
        case preserve
        /// The destination's host and port.
        case destination
        /// This name.
        case literal(String)

        /// `preserve`, `destination` or a name with or without port.
        init(_ text: String) throws(InvalidValue) {
            switch text {
            case "preserve": self = .preserve
            case "destination": self = .destination
            default:
                guard !text.isEmpty,
                    text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") })
                else {
                    throw InvalidValue(
                        text, accepted: "preserve, destination, or a host name with or without :port")
                }
                self = .literal(text)
            }
        }

        var description: String {
            switch self {
            case .preserve: "preserve"
            case .destination: "destination"
            case .literal(let name): name
            }
        }
    }

    /// What happens to a copy whose body is not whole.
    enum TruncatedBody: String, CaseIterable, Hashable, Sendable {
        /// It is not sent.
        case drop = "drop"
        /// What is there is sent, and marked.
        case send = "send"
        /// It is sent without body, and marked.
        case headers = "headers"
    }

    /// What happens to a body when nothing says whether it is whole.
    enum UnknownLength: String, CaseIterable, Hashable, Sendable {
        /// It counts as whole while HAProxy seems to wait for bodies, and as cut off while it does not.
        case auto = "auto"
        /// It counts as whole.
        case send = "send"
        /// It counts as cut off.
        case drop = "drop"
    }

    /// A field that each copy gets, by which a copy is known again.
    struct Mark: Hashable, Sendable, CustomStringConvertible {
        let name: [UInt8]
        let value: [UInt8]

        static let standard = Mark(name: Array("X-Mirrored-By".utf8), value: Array("spoa-mirror".utf8))

        /// `NAME: value`, or nil for `none`.
        static func parse(_ text: String) throws(InvalidValue) -> Mark? {
            if text == "none" { return nil }
            let failure = InvalidValue(text, accepted: "NAME: value, or none")
            let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { throw failure }
            let name = Array(parts[0].utf8)
            let value = Array(parts[1].drop { $0 == " " }.utf8)
            guard !name.isEmpty, name.allSatisfy({ $0.isTokenByte }),
                unsafe !KnownField(0..<name.count, in: name.span.bytes).framesMessage,
                !value.isEmpty, value.last != 0x20, value.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
            else { throw failure }
            return Mark(name: name, value: value)
        }

        var description: String {
            "\(String(decoding: name, as: UTF8.self)): \(String(decoding: value, as: UTF8.self))"
        }
    }

    var host = HostHeader.preserve
    var truncatedBody = TruncatedBody.drop
    var unknownLength = UnknownLength.auto
    var mark: Mark? = .standard
    /// HAProxy's tune.bufsize, in bytes; nil goes by what each HAProxy says.
    var bufferSize: Int?
    /// What else becomes of the fields.
    var headers = HeaderRules()
    /// What `headers` takes for credentials.
    var credentials = CredentialFields()
    /// What targets do without.
    var strippedPrefix: PathPrefix?
    var trace = TraceMode.keep

    /// The first name of a field that a rule would change although the mark has it.
    var ruleOnMark: String? {
        guard let mark else { return nil }
        let names = headers.names + credentials.added
        return names.first { FieldName.areEqual($0, mark.name) }.map { String(decoding: $0, as: UTF8.self) }
    }

    /// HAProxy's own default of tune.bufsize, in bytes.
    static let usualBufferSize = 16384

    /// `auto`, or a size.
    static func parseBufferSize(_ text: String) throws(InvalidValue) -> Int? {
        text == "auto" ? nil : try OptionParsers.size(1 << 10...1 << 30)(text)
    }
}
