/// A SPOP frame, as far as tests that speak the protocol by hand need it.
///
/// Written from the specification and apart from the agent's own decoder, so that a mistake there is not shared.
struct SPOPFrame: Equatable {
    var type: UInt8
    var flags: UInt32 = 1
    var stream: UInt64 = 0
    var frame: UInt64 = 0
    var payload: [UInt8] = []

    static let haproxyHello: UInt8 = 1
    static let notify: UInt8 = 3
    static let agentHello: UInt8 = 101
    static let agentDisconnect: UInt8 = 102
    static let ack: UInt8 = 103

    /// The frame with its length in front.
    var bytes: [UInt8] {
        let content =
            [type] + withUnsafeBytes(of: flags.bigEndian, Array.init) + Self.variable(stream)
            + Self.variable(frame) + payload
        return withUnsafeBytes(of: UInt32(content.count).bigEndian, Array.init) + content
    }

    /// HAPROXY-HELLO with the given items; a nil leaves the item out.
    static func hello(
        versions: String? = "2.0", maxFrameSize: UInt32? = 16_380, capabilities: String? = "pipelining"
    ) -> SPOPFrame {
        var payload: [UInt8] = []
        if let versions { payload += string("supported-versions") + [8] + string(versions) }
        if let maxFrameSize { payload += string("max-frame-size") + [3] + variable(UInt64(maxFrameSize)) }
        if let capabilities { payload += string("capabilities") + [8] + string(capabilities) }
        return SPOPFrame(type: haproxyHello, payload: payload)
    }

    /// All frames of `bytes`, which must be complete.
    static func all(in bytes: [UInt8]) throws -> [SPOPFrame] {
        var reader = SPOPReader(bytes)
        var frames: [SPOPFrame] = []
        while !reader.isAtEnd {
            let length = try reader.take(4).reduce(0) { $0 << 8 | Int($1) }
            var content = SPOPReader(try reader.take(length))
            frames.append(
                SPOPFrame(
                    type: try content.take(1)[0],
                    flags: try content.take(4).reduce(0) { $0 << 8 | UInt32($1) },
                    stream: try content.variable(), frame: try content.variable(),
                    payload: try content.take(content.count)))
        }
        return frames
    }

    /// The items of a HELLO's or a DISCONNECT's payload; numbers in decimal.
    func items() throws -> [String: String] {
        var reader = SPOPReader(payload)
        var items: [String: String] = [:]
        while !reader.isAtEnd {
            let name = String(decoding: try reader.string(), as: UTF8.self)
            items[name] = try reader.value()
        }
        return items
    }

    /// What an ACK has HAProxy do.
    enum Action: Equatable {
        /// `set-var` of an integer or of a string.
        case set(scope: UInt8, name: String, value: String)
        case unset(scope: UInt8, name: String)
    }

    /// The actions of an ACK's payload; all of it has to be actions.
    func actions() throws -> [Action] {
        var reader = SPOPReader(payload)
        var actions: [Action] = []
        while !reader.isAtEnd {
            let (type, arguments) = (try reader.take(1)[0], try reader.take(1)[0])
            let scope = try reader.take(1)[0]
            let name = String(decoding: try reader.string(), as: UTF8.self)
            switch (type, arguments) {
            case (1, 3): actions.append(.set(scope: scope, name: name, value: try reader.value()))
            case (2, 2): actions.append(.unset(scope: scope, name: name))
            default: throw HarnessError("an action of type \(type) with \(arguments) arguments")
            }
        }
        return actions
    }

    static func variable(_ value: UInt64) -> [UInt8] {
        guard value >= 240 else { return [UInt8(value)] }
        var bytes = [UInt8(truncatingIfNeeded: value) | 0xf0]
        var rest = (value - 240) >> 4
        while rest >= 128 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest = (rest - 128) >> 7
        }
        return bytes + [UInt8(rest)]
    }

    static func string(_ text: String) -> [UInt8] {
        variable(UInt64(text.utf8.count)) + text.utf8
    }
}

private struct SPOPReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    var count: Int { rest.count }
    var isAtEnd: Bool { rest.isEmpty }

    mutating func take(_ count: Int) throws -> [UInt8] {
        guard count <= rest.count else { throw HarnessError("a frame ends too early") }
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    mutating func string() throws -> [UInt8] {
        try take(Int(truncatingIfNeeded: variable()))
    }

    /// A typed value, numbers in decimal.
    mutating func value() throws -> String {
        let type = try take(1)[0] & 0x0f
        switch type {
        case 2...5: return String(try variable())
        case 8: return String(decoding: try string(), as: UTF8.self)
        default: throw HarnessError("a value of the unexpected type \(type)")
        }
    }

    mutating func variable() throws -> UInt64 {
        var value = UInt64(try take(1)[0])
        guard value >= 240 else { return value }
        var shift: UInt64 = 4
        while true {
            let byte = try take(1)[0]
            value &+= UInt64(byte) << shift
            shift += 7
            if byte < 128 { return value }
        }
    }
}
