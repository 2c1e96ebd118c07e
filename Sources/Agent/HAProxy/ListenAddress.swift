internal import Glibc

/// Where the agent listens for HAProxy: a host and port, a UNIX socket, or sockets that were opened for it.
enum ListenAddress: Hashable, Sendable, CustomStringConvertible {
    case host(String, port: UInt16)
    case unix(path: String)
    case passed(PassedSockets)

    /// `unix@/path`, an IPv4 or IPv6 address (in brackets or not), or a host name.
    init(address: String, port: UInt16) throws(InvalidValue) {
        if address.hasPrefix("unix@") {
            let path = String(address.dropFirst(5))
            guard path.hasPrefix("/"), path.utf8.count <= UnixAddress.longest, !path.utf8.contains(0) else {
                throw InvalidValue(
                    address, accepted: "unix@/path, the path at most \(UnixAddress.longest) bytes long")
            }
            self = .unix(path: path)
            return
        }
        let bare =
            address.hasPrefix("[") && address.hasSuffix("]")
            ? String(address.dropFirst().dropLast()) : address
        guard !bare.isEmpty, !bare.contains(where: { $0.isWhitespace || $0 == "/" || $0 == "\0" }) else {
            throw InvalidValue(address, accepted: "an IPv4 or IPv6 address, a host name, or unix@/path")
        }
        self = .host(bare, port: port)
    }

    /// `ADDRESS:PORT`, IPv6 addresses in brackets, or `unix@/path`.
    init(_ text: String) throws(InvalidValue) {
        guard !text.hasPrefix("unix@") else {
            self = try ListenAddress(address: text, port: 0)
            return
        }
        let accepted = "ADDRESS:PORT, [IPV6]:PORT or unix@/path"
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]),
            port > 0,
            !text[..<colon].contains(":") || text[..<colon].hasSuffix("]")
        else { throw InvalidValue(text, accepted: accepted) }
        self = try ListenAddress(address: String(text[..<colon]), port: port)
    }

    var description: String {
        switch self {
        case .host(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): "unix@\(path)"
        case .passed(let sockets):
            "\(sockets.addresses.joined(separator: ", ")) (passed by the service manager)"
        }
    }
}
