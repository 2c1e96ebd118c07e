/// What HAProxy says of itself when it opens a connection (SPOE.txt, section 3.2.4).
package struct HAProxyHello: Hashable, Sendable {
    /// The longest frame HAProxy takes, in bytes; at least 256.
    package let maxFrameSize: Int
    /// What HAProxy can do.
    package let capabilities: Set<Capability>
    /// True when the connection is a health check: it is answered, then closed.
    package let isHealthCheck: Bool
    /// Which SPOE engine it is; empty when HAProxy did not say. At most 64 bytes are kept.
    package let engineID: String

    /// The size of HAProxy's buffers in bytes, unless its `max-frame-size` was lowered: it offers four bytes less, for the length
    /// of a frame. At most 1 GiB.
    package var bufferSize: Int { min(maxFrameSize, (1 << 30) - 4) + 4 }

    /// The least that `max-frame-size` may be, in bytes.
    package static let smallestFrameSize = 256
    static let supportedVersion = "2.0"

    /// Decodes the payload of a HAPROXY-HELLO. Unknown keys are skipped; of a key sent twice the last counts.
    init(payload: RawSpan) throws(DecodeError) {
        var versions: String?
        var frameSize: UInt64?
        var capabilities: Set<Capability>?
        var isHealthCheck = false
        var engineID = ""
        var cursor = ByteCursor(payload)
        while !cursor.isAtEnd {
            let key = payload.text(try cursor.readString())
            let start = cursor.offset
            let value = try cursor.readTypedValue()
            switch (key, value) {
            case ("supported-versions", .string(let range)): versions = payload.text(range)
            case ("capabilities", .string(let range)): capabilities = Capability.parse(payload.text(range))
            case ("healthcheck", .bool(let flag)): isHealthCheck = flag
            case ("engine-id", .string(let range)):
                engineID = payload.text(range.prefix(64))
            case ("max-frame-size", _) where value.unsigned != nil: frameSize = value.unsigned
            case ("supported-versions", _), ("capabilities", _), ("healthcheck", _), ("engine-id", _),
                ("max-frame-size", _):
                throw DecodeError(.unexpectedType(value.type), at: start)
            default: break
            }
        }
        let end = cursor.offset
        func violation(_ text: String, _ status: StatusCode) -> DecodeError {
            DecodeError(.violation(text), at: end, status: status)
        }
        guard let versions else { throw violation("HELLO without supported-versions", .versionNotFound) }
        guard Self.speaksVersion2(versions) else { throw violation("no common version", .unsupportedVersion) }
        guard let frameSize else { throw violation("HELLO without max-frame-size", .maxFrameSizeNotFound) }
        guard frameSize >= UInt64(Self.smallestFrameSize) else {
            throw violation("max-frame-size below 256", .badFrameSize)
        }
        guard let capabilities else { throw violation("HELLO without capabilities", .capabilitiesNotFound) }
        self.maxFrameSize = Int(clamping: frameSize)
        self.capabilities = capabilities
        self.isHealthCheck = isHealthCheck
        self.engineID = engineID
    }

    /// A listed version "2.x" means that 2.0 is understood too.
    private static func speaksVersion2(_ list: String) -> Bool {
        list.split(separator: ",").contains { entry in
            let parts = entry.filter { $0 != " " }.split(separator: ".", omittingEmptySubsequences: false)
            return parts.count == 2 && parts[0] == "2" && !parts[1].isEmpty
                && parts[1].utf8.allSatisfy { 0x30...0x39 ~= $0 }
        }
    }
}
