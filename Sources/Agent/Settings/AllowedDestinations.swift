/// Where copies may go whatever is set while the agent runs (`--allow-destination`): a bound on who can reach an admin socket
/// or the state file.
struct AllowedDestinations: Hashable, Sendable {
    /// One `[SCHEME://]HOST[:PORT]`.
    struct Entry: Hashable, Sendable, CustomStringConvertible {
        /// `http` or `https`; nil allows both.
        private let scheme: String?
        private let host: String
        /// Nil allows every port.
        private let port: Int?

        static let accepted =
            "HOST or HOST:PORT, with http:// or https:// in front to allow no other scheme, an IPv6 address in brackets"

        /// Taken apart as a mirror URL is, so that the two cannot disagree on what the host is.
        init(_ text: String) throws(InvalidValue) {
            let failure = InvalidValue(text, accepted: Self.accepted)
            scheme = ["http", "https"].first { text.lowercased().utf8.starts(with: "\($0)://".utf8) }
            let text = String(Substring(text.utf8.dropFirst(scheme.map { $0.count + 3 } ?? 0)))
            guard !text.utf8.contains(UInt8(ascii: "/")) else { throw failure }
            let url: MirrorURL
            do throws(InvalidValue) { url = try MirrorURL("http://\(text)/") } catch {
                throw error.accepted == MirrorURL.accepted
                    ? failure : InvalidValue(text, accepted: error.accepted)
            }
            host = url.host
            port = url.hasPort ? url.port : nil
        }

        func allows(_ destination: MirrorURL) -> Bool {
            // Byte by byte: equal strings may be spelled differently, and libcurl goes by the spelling.
            host.utf8.elementsEqual(destination.host.utf8) && (port == nil || port == destination.port)
                && (scheme == nil || scheme == destination.scheme)
        }

        var description: String { (scheme.map { "\($0)://" } ?? "") + host + (port.map { ":\($0)" } ?? "") }
    }

    /// None allows every destination.
    var entries: [Entry] = []

    /// Throws for a destination that none of the entries allows.
    func check(_ destination: MirrorURL) throws(InvalidValue) {
        guard !entries.isEmpty, !entries.contains(where: { $0.allows(destination) }) else { return }
        let names = entries.map(\.description).joined(separator: ", ")
        throw InvalidValue(
            destination.text, accepted: "a destination that --allow-destination names: \(names)",
            problem: .url(
                "'\(destination.scheme)://\(destination.host):\(destination.port)' is not a destination that --allow-destination names (\(names))"
            ))
    }
}

extension MirrorURL {
    fileprivate var scheme: String { isEncrypted ? "https" : "http" }
}
