internal import SPOP

/// What `HeaderRules` come to, once for all copies of a renderer: they ask nothing of a request, so their order decides beforehand which
/// fields go and which lines come.
struct FieldEdits {
    /// A bit for each length of a name in `removed`, modulo 64.
    private var removedLengths: UInt64 = 0
    private var removed: [[UInt8]] = []
    /// The lines that come, each with its end.
    private(set) var lines: [UInt8] = []
    private(set) var lineCount = 0
    /// One of the lines has credentials for the whole connection.
    private(set) var authenticates = false
    /// These are not added to a copy, either.
    private(set) var removesForwardedFor = false
    private(set) var removesRequestID = false
    private(set) var removesTruncated = false

    init(_ style: CopyStyle) {
        guard !style.headers.rules.isEmpty else { return }
        var added: [(name: [UInt8], value: [UInt8])] = []
        for rule in style.headers.rules {
            switch rule {
            case .remove(let name): remove(name, &added, style.mark)
            case .removeCredentials:
                for name in style.credentials.all { remove(name, &added, style.mark) }
            case .set(let name, let value):
                remove(name, &added, style.mark)
                if !Self.isMark(name, style.mark) { added.append((name, value)) }
            case .add(let name, let value):
                if !Self.isMark(name, style.mark) { added.append((name, value)) }
            }
        }
        for name in removed { removedLengths |= 1 << UInt64(name.count & 63) }
        removesForwardedFor = removes("x-forwarded-for")
        removesRequestID = removes("x-request-id")
        removesTruncated = removes("x-mirror-truncated")
        for (name, value) in added { add(name, value) }
    }

    private mutating func remove(
        _ name: [UInt8], _ added: inout [(name: [UInt8], value: [UInt8])], _ mark: CopyStyle.Mark?
    ) {
        guard !Self.isMark(name, mark) else { return }
        added.removeAll { FieldName.areEqual($0.name, name) }
        if !removed.contains(where: { FieldName.areEqual($0, name) }) {
            removed.append(name.map(\.lowercased))
        }
    }

    private mutating func add(_ name: [UInt8], _ value: [UInt8]) {
        // A value of nothing has no blank before it, as in the client's fields.
        lines += name + (value.isEmpty ? ":" : ": ").utf8 + value + [0x0D, 0x0A]
        lineCount += 1
        guard FieldName.known(name) == .authorization else { return }
        let isOfConnection = unsafe FieldRules.authenticatesConnection(
            0..<value.count, in: value.span.bytes)
        authenticates = authenticates || isOfConnection
    }

    /// No rule changes the mark. One that names it was there first, or is refused.
    private static func isMark(_ name: [UInt8], _ mark: CopyStyle.Mark?) -> Bool {
        mark.map { FieldName.areEqual($0.name, name) } ?? false
    }

    private func removes(_ name: String) -> Bool { removed.contains(Array(name.utf8)) }

    /// Whether a field of the client's goes. Without any rule, that is one question for each field.
    @inline(__always)
    func removes(_ name: Range<Int>, in block: RawSpan) -> Bool {
        removedLengths != 0 && isRemoved(name, in: block)
    }

    // Out of the loops over fields, which are slower with it inside.
    @inline(never)
    private func isRemoved(_ name: Range<Int>, in block: RawSpan) -> Bool {
        removedLengths &>> UInt64(name.count & 63) & 1 == 1
            && removed.contains { block.equalsIgnoringCase(name, $0) }
    }
}
