import Foundation
import Synchronization

/// An HTTP/1.1 server on a free loopback port that keeps every request it gets, byte for byte.
///
/// It plays the mirror, and, behind HAProxy, production.
final class RecordingMirror: Sendable {
    typealias Script = @Sendable (RecordedRequest) -> Answer

    let port: UInt16
    private let listener: Socket
    private let state: State

    /// Starts the server, on a free port of the calling thread's network unless one is given; `script` says what to do with
    /// each request.
    init(
        at address: String = "127.0.0.1", port wanted: UInt16 = 0,
        _ script: @escaping Script = RecordingMirror.normal
    ) throws {
        listener = try Socket.listen(on: .tcp(address, wanted))
        port = listener.localPort
        state = State(script)
        onThread { [listener, state] in
            while let connection = listener.accept() { state.serve(connection) }
        }
    }

    deinit {
        stop()
    }

    /// Answers with a small body, or, to HEAD, with the head that would go before it.
    static let normal: Script = { request in
        guard request.method == "HEAD" else { return .ok }
        return .bytes(Array("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n".utf8))
    }

    /// All requests so far, in the order in which they were complete.
    var requests: [RecordedRequest] { state.recorded.withLock { $0.requests } }

    /// The number of connections ever accepted.
    var connections: Int { state.recorded.withLock { $0.connections } }

    /// What could not be read as HTTP.
    var failures: [String] { state.recorded.withLock { $0.failures } }

    /// The requests for `target`.
    func requests(for target: String) -> [RecordedRequest] {
        requests.filter { $0.target == target }
    }

    /// Waits for the one request for `target` and returns it.
    func request(for target: String, evidence: () -> String = { "" }) throws -> RecordedRequest {
        try eventually("a request for \(target) at port \(port)", evidence: evidence) {
            requests(for: target).first
        }
    }

    /// Stops listening and ends all connections.
    func stop() {
        listener.disconnect()
        state.stop()
    }
}

/// What the server's threads share; apart from the server, so that they do not keep that alive.
private final class State: Sendable {
    struct Recorded {
        var requests: [RecordedRequest] = []
        var failures: [String] = []
        var connections = 0
        var open: [Int: Socket] = [:]
        var isStopped = false
    }

    let recorded = Mutex(Recorded())
    private let script: RecordingMirror.Script

    init(_ script: @escaping RecordingMirror.Script) {
        self.script = script
    }

    func serve(_ connection: Socket) {
        let number = recorded.withLock { recorded -> Int? in
            guard !recorded.isStopped else { return nil }
            defer { recorded.connections += 1 }
            recorded.open[recorded.connections] = connection
            return recorded.connections
        }
        guard let number else { return }
        onThread { [self] in
            do {
                try answerAll(connection, number)
            } catch {
                recorded.withLock { $0.failures.append("connection \(number): \(error)") }
            }
            recorded.withLock { _ = $0.open.removeValue(forKey: number) }
        }
    }

    func stop() {
        recorded.withLock { recorded in
            recorded.isStopped = true
            for connection in recorded.open.values { connection.disconnect() }
        }
    }

    private func answerAll(_ connection: Socket, _ number: Int) throws {
        var reader = HTTPReader(connection)
        while let head = try reader.head() {
            if head["expect"]?.lowercased() == "100-continue" {
                try connection.write("HTTP/1.1 100 Continue\r\n\r\n")
            }
            let request = RecordedRequest(
                head: head, body: try reader.body(ofRequest: head), connection: number)
            recorded.withLock { $0.requests.append(request) }
            guard try perform(script(request), connection) else { return }
        }
    }

    /// Does what the script said; false if the connection is to be closed.
    private func perform(_ answer: Answer, _ connection: Socket) throws -> Bool {
        switch answer {
        case .bytes(let bytes):
            try connection.write(bytes)
            return true
        case .bytesThenClose(let bytes):
            try connection.write(bytes)
            return false
        case .after(let seconds, let answer):
            Thread.sleep(forTimeInterval: seconds)
            return try perform(answer, connection)
        case .both(let first, let second):
            return try perform(first, connection) && perform(second, connection)
        case .hang:
            // Until the peer has had enough, or the server is stopped.
            while try !connection.read().isEmpty {}
            return false
        case .close:
            return false
        case .reset:
            connection.resetOnClose()
            return false
        }
    }
}
