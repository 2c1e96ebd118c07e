import SPOP

/// A NOTIFY as HAProxy sends it for examples/haproxy/spoe-mirror.conf, encoded once: frames differ in nothing but their
/// stream id.
final class NotifyFrame {
    /// Stream ids whose varints are three bytes long, so that all frames are equally long. Each is a slot: the place
    /// where a connection remembers when it sent the frame.
    private static let streamIDs: ClosedRange<UInt64> = 2_288...264_431
    private static let streamIDOffset = 9
    /// How many frames can be under way on one connection.
    static var maxSlots: Int { streamIDs.count }

    /// The frame with its length prefix.
    private let frame: UnsafeMutableRawBufferPointer
    var length: Int { frame.count }

    init(_ shape: LoadShape) {
        var body: [UInt8] = [FrameType.notify.rawValue]
        body.appendUInt32(FrameFlags.fin.rawValue)
        body.appendVarint(Self.streamIDs.lowerBound)
        body.appendVarint(1)
        body += Self.message(shape)
        var bytes: [UInt8] = []
        bytes.appendUInt32(UInt32(body.count))
        bytes += body
        frame = .allocate(byteCount: bytes.count, alignment: 16)
        frame.copyBytes(from: bytes)
    }

    deinit { frame.deallocate() }

    /// Appends the frame of `slot`.
    func append(slot: Int, to output: inout [UInt8]) {
        let value = UInt32(Self.streamIDs.lowerBound) + UInt32(slot)
        let middle = (value - 240) >> 4
        frame[Self.streamIDOffset] = UInt8(truncatingIfNeeded: value) | 240
        frame[Self.streamIDOffset + 1] = UInt8(truncatingIfNeeded: middle) | 128
        frame[Self.streamIDOffset + 2] = UInt8(truncatingIfNeeded: (middle - 128) >> 7)
        output.append(contentsOf: UnsafeRawBufferPointer(frame))
    }

    /// The slot whose stream id an ACK has at `offset`; nil if it is none that was ever sent.
    static func slot(in bytes: UnsafeRawBufferPointer, at offset: Int) -> Int? {
        let first = UInt64(bytes[offset])
        let second = UInt64(bytes[offset + 1])
        let third = UInt64(bytes[offset + 2])
        let value = first + second << 4 + third << 11
        guard first >= 240, second >= 128, third < 128, streamIDs.contains(value) else { return nil }
        return Int(value - streamIDs.lowerBound)
    }

    // MARK: payload

    private static func message(_ shape: LoadShape) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.appendString("mirror")
        bytes.append(6)
        bytes.appendArgument("arg_method", string: shape.bodyBytes > 0 ? "POST" : "GET")
        bytes.appendArgument("arg_path", string: "/catalogue/items?colour=blue&page=12")
        bytes.appendArgument("arg_ver", string: "1.1")
        bytes.appendArgument("arg_hdrs", binary: headers(shape))
        bytes.appendArgument("arg_body", binary: [UInt8](repeating: 0x78, count: shape.bodyBytes))
        bytes.appendArgument("arg_size", integer: UInt64(shape.bodyBytes))
        return bytes
    }

    /// As `req.hdrs_bin` gives them: names and values in turn, an empty pair at the end.
    private static func headers(_ shape: LoadShape) -> [UInt8] {
        var fields = [("host", "www.example.org")]
        if shape.bodyBytes > 0 { fields.append(("content-length", "\(shape.bodyBytes)")) }
        while fields.count < shape.headers {
            fields.append(("x-field-\(fields.count)", "a value of usual length, as they are"))
        }
        var bytes: [UInt8] = []
        for (name, value) in fields + [("", "")] {
            bytes.appendString(name)
            bytes.appendString(value)
        }
        return bytes
    }
}

extension [UInt8] {
    fileprivate mutating func appendArgument(_ name: String, string: String) {
        appendString(name)
        append(8)
        appendString(string)
    }

    fileprivate mutating func appendArgument(_ name: String, integer: UInt64) {
        appendString(name)
        append(4)
        appendVarint(integer)
    }

    fileprivate mutating func appendArgument(_ name: String, binary: [UInt8]) {
        appendString(name)
        append(9)
        appendVarint(UInt64(binary.count))
        append(contentsOf: binary)
    }
}
