internal import CLibcurl

/// Where copies go: a mirror URL, taken apart and checked once. A value that each request carries to its end, so that a
/// change of destination never touches a copy already made.
final class MirrorURL: Sendable, Equatable {
    /// As the operator gave it, without credentials by construction.
    let text: String
    /// Scheme, host and port: what libcurl connects to. The path never goes through libcurl's URL parser.
    let origin: String
    /// Put before each origin-form target; empty, or starts with "/" and does not end with one.
    let prefix: [UInt8]
    /// The host in lower case without a dot at its end; an IPv6 address is in brackets.
    let host: String
    /// The host as the URL spells it, where it has to be looked up. Addresses need not be, and `localhost` (RFC 6761, section 6.3)
    /// has its own in libcurl.
    let name: String?
    /// The port; 80 or 443 when the URL has none.
    let port: Int
    /// It is reached over TLS.
    let isEncrypted: Bool
    /// The URL names its port.
    let hasPort: Bool
    /// `host` or `host:port`, for a Host field where the request has none.
    let authority: [UInt8]

    /// Where copies go unless somebody says where.
    static let standard: MirrorURL = {
        do throws(InvalidValue) { return try MirrorURL("http://localhost:10100/") } catch {
            fatalError(error.sentence)
        }
    }()

    static let accepted = "http://HOST[:PORT][/PREFIX] or https://..."

    static func == (left: MirrorURL, right: MirrorURL) -> Bool { left.text == right.text }

    /// Parses and checks a mirror URL (RFC 3986) with libcurl's own parser: what it takes, and could not use, is refused as well.
    init(_ url: String) throws(InvalidValue) {
        func refusal(_ problem: String) -> InvalidValue {
            InvalidValue(url, accepted: Self.accepted, problem: .url(problem))
        }
        let parts = try URLParts(url)
        // First of all: a password must not be repeated in what is said about the rest.
        guard !parts.hasCredentials else {
            throw InvalidValue(
                "\(parts.scheme)://...@\(parts.host)", accepted: "a URL without credentials",
                problem: .url("credentials are not allowed in it"))
        }
        guard parts.scheme == "http" || parts.scheme == "https" else {
            throw refusal("scheme '\(parts.scheme)' (http or https expected)")
        }
        guard parts.port != "0" else { throw refusal("port 0 (1 to 65535 expected)") }
        guard !parts.hasQuery, !url.utf8.contains(where: { $0 == 0x3F || $0 == 0x23 }) else {
            throw InvalidValue(
                url, accepted: "a URL without query and fragment; its path is a prefix",
                problem: .url("a query or fragment is not allowed in it, its path is a prefix"))
        }
        try Self.checkHost(parts.host, of: url)
        try Self.checkPath(parts.path, of: url)
        text = url
        // ASCII letters alone: what Unicode takes for the same may be another name to a resolver.
        let host = String(decoding: parts.host.utf8.map { 0x41...0x5A ~= $0 ? $0 | 0x20 : $0 }, as: UTF8.self)
        self.host = host.hasSuffix(".") ? String(host.dropLast()) : host
        let isLocal = host == "localhost" || host.hasSuffix(".localhost")
        name = isLocal || Self.isAddress(parts.host) ? nil : parts.host
        isEncrypted = parts.scheme == "https"
        self.port = parts.port.flatMap { Int($0) } ?? (isEncrypted ? 443 : 80)
        hasPort = parts.port != nil
        let port = parts.port.map { ":\($0)" } ?? ""
        origin = "\(parts.scheme)://\(parts.hostAndZone)\(port)/"
        authority = Array("\(parts.host)\(port)".utf8)
        var prefix = Array(parts.path.utf8)
        while prefix.last == UInt8(ascii: "/") { prefix.removeLast() }
        self.prefix = prefix
    }

    private static func checkHost(_ host: String, of url: String) throws(InvalidValue) {
        // Not an IPv6 address in its brackets.
        guard !host.hasPrefix("[") else { return }
        if let expectation = HostName.expectation(of: host) {
            throw InvalidValue(
                url, accepted: expectation, problem: .url("'\(host.prefix(300))' (\(expectation) expected)"))
        }
        guard isAddressOrName(host) else {
            throw InvalidValue(
                url, accepted: accepted, problem: .url("'\(host)' is neither a name nor an address"))
        }
    }

    /// Of a host that was checked.
    private static func isAddress(_ host: String) -> Bool {
        host.hasPrefix("[") || host.utf8.allSatisfy { 0x30...0x39 ~= $0 || $0 == UInt8(ascii: ".") }
    }

    /// A name that ends like an address is one (libcurl has spelled it in four numbers), or resolvers disagree on what it is.
    private static func isAddressOrName(_ host: String) -> Bool {
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        guard let last = labels.last(where: { !$0.isEmpty }) else { return false }
        // What libcurl left as "0x" is no number to it, and one to resolvers.
        guard last.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) else { return last.lowercased() != "0x" }
        return labels.count == 4 && labels.allSatisfy { UInt8($0).map { "\($0)" } ?? "" == $0 }
    }

    /// The path goes into each request line: it has to be one there (RFC 3986, section 3.3).
    private static func checkPath(_ path: String, of url: String) throws(InvalidValue) {
        let bytes = Array(path.utf8)
        let wrong = bytes.indices.first { index in
            guard bytes[index] == UInt8(ascii: "%") else { return !isPathByte(bytes[index]) }
            return index + 2 >= bytes.count || !isHexDigit(bytes[index + 1]) || !isHexDigit(bytes[index + 2])
        }
        guard let wrong else { return }
        let number = String(bytes[wrong], radix: 16, uppercase: true)
        let expectation =
            "a path as requests have it, with %\(number.count < 2 ? "0" : "")\(number) for its byte \(wrong + 1)"
        throw InvalidValue(url, accepted: expectation, problem: .url("'\(url)' (\(expectation) expected)"))
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        Character(Unicode.Scalar(byte)).isHexDigit
    }

    private static func isPathByte(_ byte: UInt8) -> Bool {
        byte.isAlphanumeric || "/-._~!$&'()*+,;=:@".utf8.contains(byte)
    }
}

/// A URL cut into parts by libcurl (curl_url_get(3)).
private struct URLParts {
    let scheme: String
    let host: String
    /// The host with the zone of an IPv6 address (RFC 6874), which says through which interface it is reached.
    let hostAndZone: String
    let path: String
    let port: String?
    let hasCredentials: Bool
    /// It has a query or a fragment.
    let hasQuery: Bool

    init(_ url: String) throws(InvalidValue) {
        guard url.utf8.count <= Self.longest else {
            let accepted = "a URL of at most \(Self.longest) bytes"
            throw InvalidValue(
                "\(url.prefix(60))...", accepted: accepted,
                problem: .url("\(url.utf8.count) bytes (\(accepted) expected)"))
        }
        // A password must not be repeated here, either.
        let shown = url.lastIndex(of: "@").map { "...\(url[$0...])" } ?? url
        let failure = InvalidValue(
            shown, accepted: MirrorURL.accepted, problem: .url("'\(shown)' (\(MirrorURL.accepted) expected)"))
        // Blanks and control bytes: older libcurl lets some of them pass.
        guard Self.hasAuthority(url), !url.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F }),
            let handle = unsafe curl_url()
        else { throw failure }
        defer { unsafe curl_url_cleanup(handle) }
        let code = unsafe curl_url_set(
            handle, CURLUPART_URL, url, UInt32(CURLU_NON_SUPPORT_SCHEME | CURLU_PATH_AS_IS))
        func part(_ name: CURLUPart) -> String? {
            var text: UnsafeMutablePointer<CChar>?
            guard unsafe curl_url_get(handle, name, &text, 0) == CURLUE_OK, let text = unsafe text else {
                return nil
            }
            defer { unsafe curl_free(text) }
            return unsafe String(cString: text)
        }
        guard code == CURLUE_OK, let scheme = part(CURLUPART_SCHEME), let host = part(CURLUPART_HOST),
            !host.isEmpty
        else { throw failure }
        self.scheme = scheme.lowercased()
        self.host = host
        hostAndZone = part(CURLUPART_ZONEID).map { "\(host.dropLast())%25\($0)]" } ?? host
        path = part(CURLUPART_PATH) ?? "/"
        port = part(CURLUPART_PORT)
        hasCredentials = part(CURLUPART_USER) != nil || part(CURLUPART_PASSWORD) != nil
        hasQuery = part(CURLUPART_QUERY) != nil || part(CURLUPART_FRAGMENT) != nil
    }

    /// Bytes: its path is put in front of each target, and servers take request lines of some kilobytes.
    private static let longest = 4096

    /// Two slashes stand behind the scheme, and a host behind them: libcurl makes do with one, or with three.
    private static func hasAuthority(_ url: String) -> Bool {
        let rest = url.utf8.drop { $0 != UInt8(ascii: ":") }
        return rest.starts(with: "://".utf8) && rest.dropFirst(3).first != UInt8(ascii: "/")
    }
}
