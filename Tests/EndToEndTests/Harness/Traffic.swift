import Foundation
import Synchronization

/// Clients that ask and ask until they are stopped, as production's do, and remember what went wrong.
final class Traffic: Sendable {
    struct Report: Sendable {
        var requests = 0
        var failures: [String] = []
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
        let traffic = Traffic(endpoint, clients: clients, connections, prefix: prefix, content)
        defer { traffic.stop() }
        try body(traffic)
        traffic.stop()
        return traffic.report.withLock { $0 }
    }

    private init(
        _ endpoint: Endpoint, clients: Int, _ connections: Connections, prefix: String, _ content: [UInt8]
    ) {
        for client in 0..<clients {
            finished.enter()
            onThread { [self] in
                run(endpoint, connections, prefix: "\(prefix)/\(client)", content)
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
        _ endpoint: Endpoint, _ connections: Connections, prefix: String, _ content: [UInt8]
    ) {
        var client: RawClient?
        var number = 0
        while !isStopping.load(ordering: .relaxed) {
            number += 1
            do {
                var current = try client ?? RawClient(endpoint)
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
            // Enough traffic to catch any gap, and processor time left for those that must close it.
            Thread.sleep(forTimeInterval: 0.002)
        }
    }
}
