import CLinux
import Glibc

@testable import Agent

/// One end of a pair of sockets; a test is the mirror at the other one.
final class FakeWire: Wire {
    let url: MirrorURL
    let addresses: [String]?
    private weak var connection: HTTP1Connection?
    private let isOverTLS: Bool
    private var ends: [Int32] = [-1, -1]
    private(set) var isConnected = false
    private(set) var isClosed = false
    /// Calls that were made.
    private(set) var sends = 0
    private(set) var receives = 0
    /// Bytes that are taken at once; nil for as many as the socket takes.
    var mostSent: Int?
    /// What the next send comes to, in place of sending.
    var sendResult: MirrorConnection.Sent?
    /// Called with each read.
    var received: () -> Void = {}
    /// What a read comes to, in place of reading.
    var receiveResult: MirrorConnection.Received?

    init(_ url: MirrorURL, _ addresses: [String]?, _ connection: HTTP1Connection) {
        (self.url, self.addresses, self.connection) = (url, addresses, connection)
        isOverTLS = url.isEncrypted
    }

    deinit { for end in ends where end >= 0 { Glibc.close(end) } }

    // MARK: what the transport sees

    var socket: Int32 { isConnected ? ends[0] : -1 }
    var isEncrypted: Bool { isOverTLS }
    var hasSpoken = false

    func send(_ bytes: UnsafeRawBufferPointer) -> MirrorConnection.Sent {
        sends += 1
        if let result = sendResult.take() { return result }
        let count = Glibc.send(
            ends[0], bytes.baseAddress, min(bytes.count, mostSent ?? .max), Int32(MSG_NOSIGNAL))
        return count > 0
            ? .bytes(count) : errno == EAGAIN ? .again : .failed(.reset, "Send failure: \(errno)")
    }

    func receive(into buffer: UnsafeMutableRawBufferPointer) -> MirrorConnection.Received {
        receives += 1
        defer { received() }
        if let result = receiveResult.take() { return result }
        // A record of TLS is read at once, and not more.
        let count = recv(ends[0], buffer.baseAddress, isOverTLS ? min(buffer.count, 100) : buffer.count, 0)
        if count > 0 { return .bytes(count) }
        return count == 0 ? .ended : errno == EAGAIN ? .again : .failed(.reset, "Recv failure: \(errno)")
    }

    func close() {
        isClosed = true
        guard isConnected else { return }
        isConnected = false
        Glibc.close(ends[0])
        ends[0] = -1
    }

    // MARK: what the mirror does

    /// Takes the connection.
    func connect() {
        guard !isClosed, !isConnected else { return }
        precondition(
            socketpair(
                AF_UNIX, linux_stream_type() | Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends
            )
                == 0)
        isConnected = true
        connection?.connected()
    }

    func refuse(_ reason: FailureReason = .connect, _ text: String = "refused") {
        guard !isClosed else { return }
        isClosed = true
        connection?.failed(reason, text)
    }

    /// What has come since the last time.
    func read() -> String {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = recv(ends[1], &piece, piece.count, 0)
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += piece.prefix(count)
        }
    }

    /// Says `text`, if it has not hung up.
    func say(_ text: String) {
        let bytes = Array(text.utf8)
        _ = Glibc.send(ends[1], bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// Closes the connection; with bytes unread in it, that is a reset.
    func hangUp() {
        Glibc.close(ends[1])
        ends[1] = -1
    }

    /// An answer of that many bytes.
    static func answer(_ size: Int = 0, status: Int = 200) -> String {
        "HTTP/1.1 \(status) Said\r\nContent-Length: \(size)\r\n\r\n\(String(repeating: "x", count: size))"
    }

    /// Answers the request that has come, if one has.
    func answer(_ size: Int = 0) {
        if read() != "" { say(Self.answer(size)) }
    }
}

/// Makes connections of the kind that a test wants.
final class FakeMaker: WireMaker {
    private(set) var wires: [FakeWire] = []
    private var fresh: [FakeWire] = []
    private(set) var settings: [DestinationSettings] = []
    /// Connections come about at the next kick.
    var isOpen = false
    /// They are refused there.
    var isShut = false
    /// There is no memory for another one.
    var isFull = false

    func apply(_ settings: DestinationSettings) { self.settings.append(settings) }

    func makeWire(to url: MirrorURL, addresses: [String]?, for connection: HTTP1Connection) -> (any Wire)? {
        guard !isFull else { return nil }
        let wire = FakeWire(url, addresses, connection)
        wires.append(wire)
        fresh.append(wire)
        return wire
    }

    func kick() {
        let begun = fresh
        fresh = []
        for wire in begun {
            if isOpen { wire.connect() } else if isShut { wire.refuse() }
        }
    }

    /// Those that are not closed.
    var open: [FakeWire] { wires.filter { !$0.isClosed } }
}
