import Foundation
import Synchronization

/// Clients that ask and ask until they are stopped, as production's do, and remember what went wrong.
final class Traffic: Sendable {
    struct Report: Sendable {
        var requests = 0
        var failures: [String] = []
    }

    /// When a client asks again: a moment after it has its answer, or at fixed times, so that requests overlap as soon as
    /// answers are late.
    enum Pace: Sendable {
        case afterAnswer
        case every(TimeInterval)
    }

    /// Whether a client keeps its connection for all its requests or opens one for each.
    enum Connections: Sendable {
        case kept
        case onePerRequest
    }

    private let report = Mutex(Report())
    private let isStopping = Atomic(false)
    private let finished = DispatchGroup()

    /// Has clients ask while `body` runs, and tells how they fared. Each target is unique and begins with `prefix`.
    static func flow(
        to endpoint: Endpoint, clients: Int = 4, connections: Connections = .kept, prefix: String,
        body content: [UInt8] = [], during body: (Traffic) throws -> Void
    ) throws -> Report {
        try flow(
            clients: clients, connections: connections, prefix: prefix, body: content,
            connect: { try Socket.connect(to: endpoint) }, during: body)
    }

    /// The same over whatever `connect` connects to.
    static func flow(
        clients: Int, pace: Pace = .afterAnswer, connections: Connections = .kept, prefix: String,
        body content: [UInt8] = [], connect: @escaping @Sendable () throws -> Socket,
        during body: (Traffic) throws -> Void
    ) throws -> Report {
        let traffic = Traffic(connect, clients: clients, pace, connections, prefix: prefix, content)
        defer { traffic.stop() }
        try body(traffic)
        traffic.stop()
        return traffic.report.withLock { $0 }
    }

    private init(
        _ connect: @escaping @Sendable () throws -> Socket, clients: Int, _ pace: Pace,
        _ connections: Connections, prefix: String, _ content: [UInt8]
    ) {
        for client in 0..<clients {
            finished.enter()
            onThread { [self] in
                if case .every(let interval) = pace {
                    Thread.sleep(forTimeInterval: interval * Double(client) / Double(clients))
                }
                run(connect, pace, connections, prefix: "\(prefix)/\(client)", content)
                finished.leave()
            }
        }
    }

    /// The number of requests answered so far.
    var requests: Int { report.withLock { $0.requests } }

    /// Lets the clients finish what they are at.
    private func stop() {
        isStopping.store(true, ordering: .relaxed)
        finished.wait()
    }

    private func run(
        _ connect: @Sendable () throws -> Socket, _ pace: Pace, _ connections: Connections, prefix: String,
        _ content: [UInt8]
    ) {
        var client: RawClient?
        var number = 0
        let start = ContinuousClock.now
        while !isStopping.load(ordering: .relaxed) {
            number += 1
            do {
                var current = try client ?? RawClient(connect())
                let request = Request(
                    method: content.isEmpty ? "GET" : "POST", target: "\(prefix)/\(number)", body: content)
                let status = try current.exchange(request).status
                if status != 200 { throw HarnessError("status \(status)") }
                client = connections == .kept ? current : nil
                report.withLock { $0.requests += 1 }
            } catch {
                client = nil
                report.withLock { $0.failures.append("\(prefix)/\(number): \(error)") }
            }
            switch pace {
            case .afterAnswer:
                // Enough traffic to catch any gap, and processor time left for those that must close it.
                Thread.sleep(forTimeInterval: 0.002)
            case .every(let interval):
                let rest = start + .seconds(interval * Double(number)) - ContinuousClock.now
                if rest > .zero { Thread.sleep(forTimeInterval: rest / .seconds(1)) }
            }
        }
    }
}
