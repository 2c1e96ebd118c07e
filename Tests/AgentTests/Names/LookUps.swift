import Foundation

@testable import Agent

/// A name server in the hands of a test: each look-up hangs until it is answered.
final class LookUps: @unchecked Sendable {
    private let condition = NSCondition()
    private var started: [String] = []
    private var underWay: Set<String> = []
    private var answers: [String: NameAnswer] = [:]
    private var time = 1000.0

    /// On whose threads the names are looked up, also when the test is over.
    private(set) lazy var resolver = Resolver(
        clock: { [weak self] in self?.now ?? 0 }, lookUp: { [weak self] in self?.hang($0) ?? .failure($0) })

    private var now: Double { condition.withLock { time } }

    private func hang(_ name: String) -> NameAnswer {
        condition.withLock {
            started.append(name)
            underWay.insert(name)
            condition.broadcast()
            while true {
                if let answer = answers.removeValue(forKey: name) {
                    underWay.remove(name)
                    return answer
                }
                condition.wait()
            }
        }
    }

    /// The names that have been looked up, once there are `count`.
    func started(_ count: Int) -> [String] {
        condition.withLock {
            while started.count < count { condition.wait() }
            return started
        }
    }

    /// Ends the look-up of `name` that is under way, or the next one.
    func answer(_ name: String, _ answer: NameAnswer) {
        condition.withLock {
            answers[name] = answer
            condition.broadcast()
        }
    }

    /// Lets time pass.
    func pass(_ seconds: Double) { condition.withLock { time += seconds } }
}

/// One worker, whose thread is the test's.
final class AskingWorker: NameAsker {
    let loop: EventLoop
    private(set) var names: Names?
    private(set) var told: [String: [NameAnswer]] = [:]

    init(_ lookUps: LookUps) throws {
        loop = try EventLoop(backend: nil)
        names = Names(resolver: lookUps.resolver, loop: loop)
    }

    func ask(_ name: String) -> [String]? { names?.addresses(of: name, for: self) }

    func forget(_ name: String) { names?.forget(name, for: self) }

    /// Waits until it is told of something.
    func listen() { loop.run() }

    func end() { names = nil }

    func resolved(_ name: String, _ answer: NameAnswer) {
        told[name, default: []].append(answer)
        loop.stop()
    }
}
