import SPOP
import Testing

@testable import Agent

/// Builds what a `mirror` message holds, and has it rendered.
struct PayloadBuilder {
    var method = "GET"
    var path = "/"
    var headers: [(String, String)] = [("host", "shop.example")]
    var body: [UInt8] = []
    /// `req.hdrs` instead of `req.hdrs_bin`.
    var usesTextHeaders = false
    var message = "mirror"
    /// 4 or 16 bytes.
    var source: [UInt8]?
    var id: String?
    /// The HTTP version, as `req.ver` gives it.
    var version = "1.1"
    /// `arg_size`, `req.body_size`.
    var size: Int?
    /// `arg_whole`, `internal.htx.has_eom`.
    var isWhole: Bool?

    var bytes: [UInt8] {
        var payload: [UInt8] = []
        payload.appendString(message)
        let optional = [source != nil, id != nil, size != nil, isWhole != nil]
        payload.append(UInt8(5 + optional.count { $0 }))
        add("arg_method", 8, Array(method.utf8), to: &payload)
        add("arg_path", 8, Array(path.utf8), to: &payload)
        add("arg_ver", 8, Array(version.utf8), to: &payload)
        add("arg_hdrs", usesTextHeaders ? 8 : 9, usesTextHeaders ? textHeaders : binaryHeaders, to: &payload)
        add("arg_body", 9, body, to: &payload)
        if let source {
            payload.appendString("arg_src")
            payload += [source.count == 4 ? 6 : 7] + source
        }
        if let id { add("arg_id", 8, Array(id.utf8), to: &payload) }
        if let size {
            payload.appendString("arg_size")
            payload.append(4)
            payload.appendVarint(UInt64(bitPattern: Int64(size)))
        }
        if let isWhole {
            payload.appendString("arg_whole")
            payload.append(isWhole ? 0x11 : 0x01)
        }
        return payload
    }

    private func add(_ name: String, _ type: UInt8, _ value: [UInt8], to payload: inout [UInt8]) {
        payload.appendString(name)
        payload.append(type)
        payload.appendVarint(UInt64(value.count))
        payload += value
    }

    private var binaryHeaders: [UInt8] {
        var block: [UInt8] = []
        for (name, value) in headers {
            block.appendString(name)
            block.appendString(value)
        }
        return block + [0, 0]
    }

    private var textHeaders: [UInt8] {
        Array(headers.map { "\($0.0): \($0.1)\r\n" }.joined().utf8) + [13, 10]
    }

    /// Without a mark unless `style` has one: most tests look at what the client sent.
    func render(
        to url: String = "http://mirror:1/", style: CopyStyle = .init(mark: nil), bufferSize: Int = 16384,
        watch: BodyWatch = BodyWatch(), keepsTrailers: Bool = false
    ) throws -> Rendered {
        try PayloadBuilder.render(
            bytes, to: url, style: style, bufferSize: bufferSize, watch: watch, keepsTrailers: keepsTrailers)
    }

    static func render(
        _ payload: [UInt8], to url: String = "http://mirror:1/", style: CopyStyle = .init(mark: nil),
        bufferSize: Int = 16384, watch: BodyWatch = BodyWatch(), keepsTrailers: Bool = false
    ) throws -> Rendered {
        Rendered(
            try request(
                payload, to: MirrorURL(url), style: style, bufferSize: bufferSize, watch: watch,
                keepsTrailers: keepsTrailers))
    }

    /// The copy itself.
    static func request(
        _ payload: [UInt8], to url: MirrorURL, style: CopyStyle = .init(mark: nil),
        bufferSize: Int = 16384, watch: BodyWatch = BodyWatch(), keepsTrailers: Bool = false
    ) throws -> MirrorRequest {
        let span = payload.span.bytes
        guard let copy = try requests(in: span).first else { throw Refusal.malformed(.missing) }
        return try RequestRenderer(
            url: url, style: style, watch: watch,
            keepsTrailers: keepsTrailers
        ).render(copy, payload: span, Arrival(id: 1, receivedAt: 0, bufferSize: bufferSize))
    }
}

extension PayloadBuilder {
    /// How the messages are called that are looked at here.
    static let names = Notification.Names(request: Array("mirror".utf8))

    /// What the messages of a NOTIFY ask to be mirrored.
    static func requests(in payload: RawSpan) throws -> [MirrorArguments] {
        var requests: [MirrorArguments] = []
        try Notification.decode(payload, names: names) { message in
            if case .request(let arguments) = message { requests.append(arguments) }
        }
        return requests
    }

    /// The first of them.
    static func first(in payload: [UInt8]) throws -> MirrorArguments {
        guard let request = try requests(in: payload.span.bytes).first else {
            throw Refusal.malformed(.missing)
        }
        return request
    }

    /// What is said of a copy that is not sent; nil when it is.
    static func problem(of payload: [UInt8]) -> String? {
        let span = payload.span.bytes
        do {
            _ = try request(payload, to: MirrorURL("http://mirror:1/"))
            return nil
        } catch {
            guard let refusal = error as? Refusal, let copy = try? requests(in: span).first else {
                return "\(error)"
            }
            return refusal.detail(copy, span)
        }
    }
}
