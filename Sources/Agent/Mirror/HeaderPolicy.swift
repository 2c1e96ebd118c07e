internal import SPOP

/// What becomes of each of the client's header fields on its way to the mirror. It is decided here alone: the walk that measures
/// and the walk that writes ask about each field in its order, each a copy of its own, since some fields are sent once.
struct HeaderPolicy {
    enum Action {
        /// Sent as it is.
        case keep
        /// Not sent.
        case drop
        /// Sent with this value.
        case rewrite(Value)
        /// Sent as it is, with this value behind its own.
        case append(Value)
    }

    /// What a copy says on its own account, in a field of the client's or in one that is added.
    enum Value {
        /// The number of bytes of the body that are sent.
        case bodyLength
        /// The operator's name for the mirror, or the destination's.
        case host
        case trailers
        case clientAddress
        /// HAProxy's unique id.
        case requestID
        /// The number of bytes that the client declared of a body that is cut off.
        case declaredLength
        /// The client's trace, with a parent of the copy's own.
        case traceparent
    }

    /// Which X-Forwarded-For gets the client's address.
    enum AddressField {
        /// Any may: the last is not known before all have been seen.
        case any
        case none
        /// The one whose name starts there.
        case at(Int)
    }

    var addressField = AddressField.any
    /// What becomes of the trace context; `child` as long as nothing says that it is invalid.
    var trace: TraceMode
    /// Host says another name than the client's.
    let replacesHost: Bool
    /// `te: trailers` stays: HTTP/2 allows it, and no other TE (RFC 9113, section 8.2.2), and gRPC servers want it.
    let keepsTrailers: Bool
    /// Bytes of the longest value that a field of the client's can get.
    let longestValue: Int
    /// A bit for each field that was sent and is not sent twice.
    private var sent: UInt16 = 0

    /// `host` is what `Value.host` stands for.
    init(host: [UInt8], replacesHost: Bool, keepsTrailers: Bool, trace: TraceMode) {
        self.replacesHost = replacesHost
        self.keepsTrailers = keepsTrailers
        self.trace = trace
        longestValue = max(
            host.count, ClientAddress.longest, trace == .child ? TraceParent.length : 0)
    }

    /// `known` is what the name of `field` says. The operator's `edits` go by what the others leave, so a field that they take out is
    /// not sent, whatever else would become of it.
    @inline(__always)
    mutating func action(
        _ known: KnownField, _ field: HeaderReader.Header, in block: RawSpan, _ edits: FieldEdits
    ) -> Action {
        if edits.removes(field.name, in: block) { return .drop }
        return switch known {
        case .other, .requestID, .authorization: .keep
        case .hopByHop, .transferEncoding: .drop
        case .forwardedFor: getsAddress(field) ? .append(.clientAddress) : .keep
        case .host: !isFirst(known) ? .drop : replacesHost ? .rewrite(.host) : .keep
        case .contentLength: isFirst(known) ? .rewrite(.bodyLength) : .drop
        case .traceparent: trace == .keep ? .keep : trace == .drop ? .drop : .rewrite(.traceparent)
        case .tracestate: trace == .drop ? .drop : .keep
        case .te:
            keepsTrailers && FieldRules.listsTrailers(field.value, in: block) && isFirst(known)
                ? .rewrite(.trailers) : .drop
        }
    }

    private func getsAddress(_ field: HeaderReader.Header) -> Bool {
        switch addressField {
        case .any: true
        case .none: false
        case .at(let start): start == field.name.lowerBound
        }
    }

    private mutating func isFirst(_ known: KnownField) -> Bool {
        defer { sent |= 1 << known.rawValue }
        return sent & 1 << known.rawValue == 0
    }

    /// Bytes that the field takes at most when that is done with it: as it came, with ": " and CR LF, and what is added with ", " in
    /// front.
    @inline(__always)
    func room(for field: HeaderReader.Header, _ action: Action) -> Int {
        let line = field.name.count + field.value.count + 4
        return switch action {
        case .drop: 0
        case .keep: line
        case .rewrite, .append: line + longestValue + 2
        }
    }
}
