@testable import SPOP

/// Writes the frames HAProxy would, and those it would not.
enum FrameBuilder {
    static func frame(
        _ type: FrameType, flags: UInt32 = 1, stream: UInt64 = 0, frame: UInt64 = 0, payload: [UInt8] = []
    ) -> [UInt8] {
        var body: [UInt8] = [type.rawValue]
        body.appendUInt32(flags)
        body.appendVarint(stream)
        body.appendVarint(frame)
        body += payload
        var bytes: [UInt8] = []
        bytes.appendUInt32(UInt32(body.count))
        return bytes + body
    }

    static func string(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.appendString(text)
        return bytes
    }

    static func typed(string text: String) -> [UInt8] { [8] + string(text) }

    static func typed(uint32 value: UInt64) -> [UInt8] {
        var bytes: [UInt8] = [3]
        bytes.appendVarint(value)
        return bytes
    }

    static func pair(_ key: String, _ value: [UInt8]) -> [UInt8] { string(key) + value }

    static func helloPayload(
        versions: String? = "2.0", maxFrameSize: UInt64? = 16380, capabilities: String? = "pipelining,async",
        extra: [UInt8] = []
    ) -> [UInt8] {
        (versions.map { pair("supported-versions", typed(string: $0)) } ?? [])
            + (maxFrameSize.map { pair("max-frame-size", typed(uint32: $0)) } ?? [])
            + (capabilities.map { pair("capabilities", typed(string: $0)) } ?? []) + extra
    }

    static var hello: [UInt8] { frame(.haproxyHello, payload: helloPayload()) }

    static func notify(stream: UInt64 = 1, frame id: UInt64 = 1, flags: UInt32 = 1, payload: [UInt8] = [])
        -> [UInt8]
    {
        frame(.notify, flags: flags, stream: stream, frame: id, payload: payload)
    }

    static func continuation(stream: UInt64 = 1, frame id: UInt64 = 1, flags: UInt32, payload: [UInt8] = [])
        -> [UInt8]
    {
        frame(.unset, flags: flags, stream: stream, frame: id, payload: payload)
    }
}
