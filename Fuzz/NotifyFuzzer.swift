@testable import Agent
import SPOP

/// The payload of a NOTIFY, through to the requests that come of it, in several styles: each is one request, whatever the
/// peer put into it.
enum NotifyFuzzer {
    /// Made for each input: LeakSanitizer does not see what only cases of an enumeration hold, as rules do.
    private static func renderers() -> [RequestRenderer] {
        guard let url = try? MirrorURL("http://mirror.example:8080/prefix"),
            let otherURL = try? MirrorURL("https://[::1]/")
        else { fail("no destination") }
        var sending = CopyStyle()
        sending.truncatedBody = .send
        sending.host = .destination
        sending.bufferSize = 2048
        var headers = CopyStyle()
        headers.truncatedBody = .headers
        headers.unknownLength = .drop
        headers.host = .literal("qa.example")
        headers.mark = nil
        headers.trace = .child
        headers.strippedPrefix = try? PathPrefix.parse("/api")
        if let rules = try? HeaderRules("remove:@credentials,set:X-Forwarded-For:,add:X-A: b,remove:X-B") {
            headers.headers = rules
        }
        return [
            RequestRenderer(url: url, style: CopyStyle()),
            RequestRenderer(url: url, style: sending),
            RequestRenderer(url: otherURL, style: headers),
        ]
    }

    /// Held here as well: LeakSanitizer does not see what only a case of an enumeration holds.
    private static let names = ["sid", "cookie", "q"].map { Array($0.utf8) }
    private static let keys: [SampleKey.Part] = [
        .cookie(names[0]), .header(names[1]), .query(names[2]), .source,
    ]

    /// RFC 9110, section 5.6.2.
    private static let tokens = Set(
        "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)

    static func run(_ input: [UInt8]) {
        let payload = input.span.bytes
        var messages: [MirrorArguments] = []
        do throws(DecodeError) {
            try Notification.decode(payload, names: .init(request: Array("mirror".utf8))) { message in
                switch message {
                case .request(let arguments): messages.append(arguments)
                case .unknown(let name): _ = payload.text(name)
                }
            }
        } catch {
            require(error.offset <= input.count, "an error outside the payload")
            return
        }
        for arguments in messages {
            for key in keys {
                guard let range = arguments.value(of: key, in: payload) else { continue }
                require(range.upperBound <= input.count, "a key outside the payload")
            }
            for renderer in renderers() { render(arguments, payload, renderer) }
        }
    }

    private static func render(
        _ arguments: MirrorArguments, _ payload: RawSpan, _ renderer: RequestRenderer
    ) {
        let arrival = Arrival(id: 1, receivedAt: 0, bufferSize: 16384)
        let request: MirrorRequest
        do throws(Refusal) {
            request = try renderer.render(arguments, payload: payload, arrival)
        } catch {
            let text = error.detail(arguments, payload)
            require(text.utf8.count < 2000 && text.utf8.allSatisfy { 0x20...0x7E ~= $0 }, "a wild detail")
            return
        }
        let layout = request.header
        require(layout.bodyEnd <= layout.size, "written past the end")
        request.withUnsafeMutablePointerToElements { start in
            let head = Array(UnsafeBufferPointer(start: start, count: layout.body.lowerBound))
            for part in [head[layout.method], head[layout.target]] {
                require(!part.isEmpty && !part.contains { $0 <= 0x20 }, "no method or target")
            }
            let lines = lines(of: head[layout.targetEnd...])
            require(lines.first == Array(" HTTP/1.1".utf8)[...], "no version behind the target")
            require(lines.count == layout.fieldCount + 2, "lines too many or too few")
            require(lines.last?.isEmpty == true, "no empty line behind them")
            let fields = lines.dropFirst().dropLast()
            for line in fields {
                require(!line.contains { [0, 0x0D, 0x0A].contains($0) }, "a line break or NUL inside a line")
                let name = line.prefix { $0 != UInt8(ascii: ":") }
                require(name.count < line.count, "not a field")
                require(!name.isEmpty && name.allSatisfy { tokens.contains($0) }, "a name that is no token")
            }
            require(lengths(in: fields).allSatisfy { $0 == layout.body.count }, "wrong length")
        }
    }

    /// Cut at each CR LF; what is behind the last one is an error.
    private static func lines(of bytes: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var rest = bytes
        while let end = rest.indices.first(where: { rest[$0...].starts(with: [0x0D, 0x0A]) }) {
            lines.append(rest[..<end])
            rest = rest[(end + 2)...]
        }
        require(rest.isEmpty, "no end of the head")
        return lines
    }

    /// What the Content-Length fields say; nil for one that says nothing.
    private static func lengths(in lines: some Sequence<some Sequence<UInt8>>) -> [Int?] {
        let field = "content-length: "
        return lines.map { String(decoding: Array($0), as: Unicode.ASCII.self).lowercased() }
            .filter { $0.hasPrefix(field) }.map { Int($0.dropFirst(field.count)) }
    }
}
