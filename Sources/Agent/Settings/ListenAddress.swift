internal import Glibc
internal import System

/// Where the agent listens for HAProxy: a host and port, a UNIX socket, or sockets that were opened for it.
enum ListenAddress: Hashable, Sendable, CustomStringConvertible {
    case host(String, port: UInt16)
    case unix(UnixSocket)
    /// Listening, non-blocking stream sockets, closed on exec, and what they are bound to.
    case passed(descriptors: [Int32], boundTo: [String])

    /// `unix@/path[,mode=OCTAL][,group=NAME]`, an IPv4 or IPv6 address (in brackets or not), or a host name.
    init(address: String, port: UInt16) throws(InvalidValue) {
        if address.hasPrefix("unix@") {
            let parts = address.dropFirst(5).split(separator: ",", omittingEmptySubsequences: false)
            self = .unix(
                try UnixSocket(
                    path: String(parts[0]), parts.dropFirst(),
                    failure: InvalidValue(
                        address,
                        accepted:
                            "unix@/path[,mode=OCTAL][,group=NAME], the path at most \(UnixAddress.longest) bytes long"
                    )))
            return
        }
        try Self.checkNoAccess(address)
        let bare =
            address.hasPrefix("[") && address.hasSuffix("]")
            ? String(address.dropFirst().dropLast()) : address
        guard !bare.isEmpty, !bare.contains(where: { $0.isWhitespace || $0 == "/" || $0 == "\0" }) else {
            throw InvalidValue(address, accepted: "an IPv4 or IPv6 address, a host name, or unix@/path")
        }
        if let expectation = Self.expectation(of: bare) { throw InvalidValue(address, accepted: expectation) }
        self = .host(bare, port: port)
    }

    /// Who may connect over TCP is not a matter of files.
    private static func checkNoAccess(_ address: String) throws(InvalidValue) {
        guard address.contains(",") else { return }
        throw InvalidValue(address, accepted: "an address without comma: mode and group are for unix@/path")
    }

    /// What is expected of a host, as far as it is not like that.
    private static func expectation(of host: String) -> String? {
        if host.contains(":") {
            var bytes = in6_addr()
            // Behind the percent sign is a zone.
            let isAddress = unsafe inet_pton(AF_INET6, String(host.prefix { $0 != "%" }), &bytes) == 1
            return isAddress ? nil : "an IPv6 address where there are colons"
        }
        if let expectation = HostName.expectation(of: host) { return expectation }
        let last = host.split(separator: ".").last ?? ""
        var bytes = in_addr()
        // The resolver would ask for a name that there cannot be.
        guard last.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), unsafe inet_aton(host, &bytes) == 0 else {
            return nil
        }
        return "an IPv4 address where there are numbers"
    }

    /// `ADDRESS:PORT`, IPv6 addresses in brackets, or `unix@/path[,mode=OCTAL][,group=NAME]`.
    init(_ text: String) throws(InvalidValue) {
        guard !text.hasPrefix("unix@") else {
            self = try ListenAddress(address: text, port: 0)
            return
        }
        try Self.checkNoAccess(text)
        let accepted = "ADDRESS:PORT, [IPV6]:PORT or unix@/path[,mode=OCTAL][,group=NAME]"
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]),
            port > 0, !text[colon...].contains("+"),
            !text[..<colon].contains(":") || text[..<colon].hasSuffix("]")
        else { throw InvalidValue(text, accepted: accepted) }
        self = try ListenAddress(address: String(text[..<colon]), port: port)
    }

    var description: String {
        switch self {
        case .host(let host, let port): SocketAddress.text(host: host, port: port)
        case .unix(let socket): "unix@\(socket.path)"
        case .passed(_, let addresses):
            "\(addresses.joined(separator: ", ")) (passed by the service manager)"
        }
    }
}
