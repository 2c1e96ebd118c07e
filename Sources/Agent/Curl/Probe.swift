internal import System

/// What a probe has found.
enum ProbeFinding: Equatable {
    /// It can be connected to: where, how fast, and what was agreed on.
    case reachable(String)
    /// Why it cannot.
    case unreachable(String)
    /// Why nobody knows.
    case unknown(String)
}

/// One try to reach a destination, as a transfer would: its name is resolved, one address after the other is connected to, and
/// TLS shakes hands. Nothing is sent to the mirror beside that.
///
/// Belongs to the main thread. It tells once, never from inside of a call; letting go of it gives it up.
final class Probe {
    /// Seconds that a mirror gets, once it is connected, to end the connection again: a proxy in front of nothing does so, and so
    /// does a server that wants a client certificate. Twice the way there and back, within these bounds.
    private static let settling = (inClear: 0.001, overTLS: 0.02, most: 0.1)
    /// Addresses that an answer names, at most.
    private static let mostAddresses = 3

    private let destination: DestinationSettings
    private let limit: Duration
    private let names: Names
    /// Nil when libcurl has no memory.
    private let connector: Connector?
    private let found: (ProbeFinding) -> Void
    private let loop: EventLoop
    private var connection: MirrorConnection?
    private var addresses: [String]?
    private var watcher: IOWatcher?
    /// Of the time that is left, and then of what there is to tell.
    private var timer: TimerWatcher?
    private var finding: ProbeFinding?

    /// Begins with it. It takes as long as a connection may, and at most `longest`.
    init(
        _ destination: DestinationSettings, longest: Duration, loop: EventLoop, names: Names,
        found: @escaping (ProbeFinding) -> Void
    ) {
        limit = min(destination.connectTimeout, destination.timeout, longest)
        var settings = destination
        // The time is up here, where it is known what it was spent on.
        settings.connectTimeout = limit + .seconds(1)
        settings.timeout = settings.connectTimeout
        // Copies may need the only one there is.
        settings.transport.sourcePorts = nil
        (self.destination, self.names, self.loop, self.found) = (destination, names, loop, found)
        connector = try? Connector(
            loop: loop, queue: SocketQueue(budget: PassBudget(loop: loop)), settings: settings)
        timer = TimerWatcher(loop: loop) { [unowned self] in tell() }
        timer?.start(after: limit.inSeconds)
        resolve()
    }

    deinit {
        watcher?.stop()
        connection?.close()
        if let name = url.name { names.forget(name, for: self) }
    }

    private var url: MirrorURL { destination.url }

    /// It ends soon, without having found anything, because of `reason`.
    func giveUp(_ reason: String) { finish(.unknown(reason)) }

    private func finish(_ finding: ProbeFinding) {
        guard self.finding == nil else { return }
        self.finding = finding
        watcher?.stop()
        // libcurl may be what calls.
        timer?.start(after: 0)
    }

    private func tell() { found(finding ?? whenTimeIsUp) }

    private var whenTimeIsUp: ProbeFinding {
        if let connection, connection.isConnected { return .reachable(facts(of: connection)) }
        let time = TimeValue.format(limit)
        guard let connection else { return .unreachable("its name was not looked up within \(time)") }
        let missing = connection.hasBegunTLS ? "TLS handshake" : "answer"
        return .unreachable("no \(missing) within \(time) (\(place))")
    }

    // MARK: its steps

    private func resolve() {
        guard let name = url.name else { return connect(nil) }
        if let addresses = names.addresses(of: name, for: self) { connect(addresses) }
    }

    private func connect(_ addresses: [String]?) {
        self.addresses = addresses
        connection = connector?.connect(to: url, addresses: addresses, for: self)
        guard let connection else { return finish(.unreachable("no memory for a connection")) }
        if url.isEncrypted {
            connection.offer(Array((mayBeHTTP2 ? "\u{2}h2" : "").utf8) + Array("\u{8}http/1.1".utf8))
        }
        connector?.kick()
    }

    private var mayBeHTTP2: Bool { destination.transport.mayBeHTTP2(to: url) }

    /// The connection is there. Whether it stays is another thing.
    private func look(at connection: MirrorConnection) {
        var buffer = [UInt8](repeating: 0, count: 1024)
        switch unsafe buffer.withUnsafeMutableBytes({ unsafe connection.receive(into: $0) }) {
        case .again: break
        case .bytes where mayBeHTTP2: finish(.reachable(facts(of: connection)))
        case .bytes: finish(.unreachable("it speaks before it is asked, as no HTTP server does (\(place))"))
        case .ended: finish(.unreachable("it ends connections at once (\(place))"))
        case .failed(_, let text): finish(.unreachable(Self.inSentence(text)))
        case .cutOff: finish(.unreachable(MultiHandle.cutOffReason))
        }
    }

    // MARK: what it tells

    private func facts(of connection: MirrorConnection) -> String {
        let peer = SocketAddress.peer(of: connection.socket) ?? place
        let milliseconds = (connection.connectSeconds * 10_000).rounded() / 10
        let facts = "\(peer), connected in \(milliseconds) ms"
        guard let handshake = connection.handshake else { return facts }
        let transport = destination.transport
        let agreed = handshake.text(
            tellsHTTP: transport.httpVersion != .http1, isVerified: !transport.isInsecure)
        return "\(facts), \(agreed)"
    }

    /// Where it connects to.
    private var place: String {
        guard let addresses else { return "\(url.host):\(url.port)" }
        let shown = addresses.prefix(Self.mostAddresses).map { SocketAddress.text(host: $0, port: url.port) }
        let rest = addresses.count - shown.count
        return shown.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
    }

    /// `text` as it stands behind a colon: `Connection refused` begins with a small letter there, `SSL` does not.
    private static func inSentence(_ text: String) -> String {
        let certificate = "SSL certificate problem: "
        if text.hasPrefix(certificate) { return "certificate: \(text.dropFirst(certificate.count))" }
        if text.contains("wrong version number") { return "it does not speak TLS (\(text))" }
        guard let second = text.dropFirst().first, second.isLowercase || second == " " else { return text }
        return text.prefix(1).lowercased() + text.dropFirst()
    }
}

extension Probe: NameAsker {
    func resolved(_ name: String, _ answer: NameAnswer) {
        guard connection == nil, finding == nil else { return }
        switch answer {
        case .addresses(let addresses): connect(addresses)
        case .failure(let text): finish(.unreachable(Self.inSentence(text)))
        }
    }
}

extension Probe: ConnectionOwner {
    func connected(_ connection: MirrorConnection) {
        guard finding == nil else { return }
        let least = url.isEncrypted ? Self.settling.overTLS : Self.settling.inClear
        timer?.start(after: min(max(2 * connection.connectSeconds, least), Self.settling.most))
        watcher = IOWatcher(loop: loop, priority: .mirror) { [unowned self] _ in look(at: connection) }
        watcher?.watch(connection.socket, for: .read)
        if connection.hasSpoken { look(at: connection) }
    }

    func failed(_ connection: MirrorConnection, as reason: FailureReason, _ detail: String) {
        let text = Self.inSentence(detail)
        finish(.unreachable(reason == .connect ? "\(text) (\(place))" : text))
    }
}
