import Glibc
import System
import Testing

@testable import Agent

/// A connector on a loop of its own, and what its owner is told.
final class ConnectorStage: ConnectionOwner {
    let loop: EventLoop
    let connector: Connector
    var settings = DestinationSettings() { didSet { connector.apply(settings) } }
    private(set) var connected: [MirrorConnection] = []
    private(set) var failures: [(connection: MirrorConnection, reason: FailureReason, text: String)] = []
    private var bounds: PassBounds?
    /// Called when its owner is told of a connection.
    var told: (() -> Void)?

    init() throws {
        loop = try EventLoop(backend: nil)
        let queue = SocketQueue(budget: PassBudget(loop: loop))
        connector = try Connector(loop: loop, queue: queue, settings: settings)
        bounds = PassBounds(loop: loop, began: { queue.beginPass() }, ended: {})
    }

    func connected(_ connection: MirrorConnection) {
        connected.append(connection)
        told?()
    }

    func failed(_ connection: MirrorConnection, as reason: FailureReason, _ detail: String) {
        #expect(!connection.isConnected)
        failures.append((connection, reason, detail))
        told?()
    }

    /// Runs the loop until `condition` holds.
    func run(until condition: @escaping () -> Bool, sourceLocation: SourceLocation = #_sourceLocation) throws
    {
        let deadline = MonotonicClock.now + 30
        let timer = TimerWatcher(loop: loop) { [loop] in
            if condition() || MonotonicClock.now > deadline { loop.stop() }
        }
        timer.start(after: 0, every: 0.001)
        loop.run()
        try #require(condition(), "\(failures)", sourceLocation: sourceLocation)
    }

    /// Begins a connection; nobody is told before the loop runs.
    func begin(_ url: String, _ addresses: [String]? = nil) throws -> MirrorConnection {
        let before = (connected.count, failures.count)
        let connection = try #require(
            connector.connect(to: try MirrorURL(url), addresses: addresses, for: self))
        #expect(before == (connected.count, failures.count))
        return connection
    }

    func connect(_ url: String, _ addresses: [String]? = nil) throws -> MirrorConnection {
        let connection = try begin(url, addresses)
        try run { [self] in connected.contains { $0 === connection } }
        connected.removeAll()
        #expect(connection.isConnected && connection.socket >= 0)
        return connection
    }

    /// Fails to connect.
    func fail(_ url: String, _ addresses: [String]? = nil) throws -> (reason: FailureReason, text: String) {
        let connection = try begin(url, addresses)
        try run { [self] in failures.contains { $0.connection === connection } }
        let failure = failures.removeLast()
        return (failure.reason, failure.text)
    }

    // MARK: bytes

    /// Sends all of `bytes`, while `peer` does what it does when there is no room.
    func send(_ bytes: [UInt8], on connection: MirrorConnection, while peer: () -> Void = {}) throws {
        var sent = 0
        let deadline = MonotonicClock.now + 30
        while sent < bytes.count {
            try #require(MonotonicClock.now < deadline)
            switch bytes.withUnsafeBytes({ connection.send(UnsafeRawBufferPointer(rebasing: $0[sent...])) }) {
            case .bytes(let count): sent += count
            case .again: peer()
            case let other: throw Unexpected(what: "\(other)")
            }
        }
    }

    /// What comes, until `count` bytes are there.
    func receive(_ count: Int, on connection: MirrorConnection) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try run {
            while bytes.count < count,
                case .bytes(let more) = self.receive(on: connection, count - bytes.count)
            {
                bytes += more
            }
            return bytes.count == count
        }
        return bytes
    }

    /// The end of what comes: the first that is neither bytes nor nothing yet.
    func end(of connection: MirrorConnection) throws -> String {
        var end: String?
        try run {
            if end == nil, case .other(let other) = self.receive(on: connection, 4096) { end = other }
            return end != nil
        }
        return end ?? ""
    }

    enum Read {
        case bytes([UInt8])
        case again
        case other(String)
    }

    func receive(on connection: MirrorConnection, _ most: Int) -> Read {
        var buffer = [UInt8](repeating: 0, count: most)
        switch buffer.withUnsafeMutableBytes({ connection.receive(into: $0) }) {
        case .bytes(let count): return .bytes(Array(buffer[..<count]))
        case .again: return .again
        case let other: return .other("\(other)")
        }
    }

    struct Unexpected: Error { let what: String }
}
