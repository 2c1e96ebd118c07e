import Foundation
import Synchronization

// Not in Swift's Glibc module: <features.h> shows them only to _GNU_SOURCE.
@_silgen_name("unshare") private func glibcUnshare(_ flags: Int32) -> Int32
@_silgen_name("gettid") private func glibcGettid() -> pid_t

/// A network of its own, with a loopback interface and nothing else, that goes with its owner.
///
/// It belongs to one thread, on which sockets in it are made; they stay in it whoever uses them. Needs root.
final class NetworkNamespace: Sendable {
    /// Whether this process may make one, for tests to say that they are skipped.
    static let isPossible = geteuid() == 0 && (try? NetworkNamespace()) != nil

    private let jobs: JobQueue
    /// Where the kernel shows it, for nsenter(1).
    let path: String

    init() throws {
        let jobs = JobQueue()
        self.jobs = jobs
        onThread { jobs.work() }
        let thread: pid_t = try jobs.run {
            // CLONE_NEWNET
            guard glibcUnshare(0x4000_0000) == 0 else { throw HarnessError("unshare: errno \(errno)") }
            return glibcGettid()
        }
        path = "/proc/\(getpid())/task/\(thread)/ns/net"
        try ip("link set lo up")
    }

    deinit { jobs.stop() }

    /// Runs `body` on the thread that is in the namespace.
    func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) throws -> Result {
        try jobs.run(body)
    }

    /// The command that executes the one behind it in the namespace.
    func launcher() throws -> [String] { [try Executables.find("nsenter"), "--net=\(path)"] }

    /// The same, with a resolver configuration of its own.
    func launcher(resolver file: String) throws -> [String] {
        try FileMount.launcher(file, over: "/etc/resolv.conf") + launcher()
    }

    /// Runs ip(8) in the namespace.
    func ip(_ arguments: String) throws {
        let directory = try TemporaryDirectory()
        let command =
            try launcher() + [try Executables.find("ip")] + arguments.split(separator: " ").map(String.init)
        let process = try ChildProcess(
            command[0], Array(command.dropFirst()), outputFile: directory.file("out"),
            errorFile: directory.file("err"))
        guard try process.wait() == .status(0) else {
            throw HarnessError("ip \(arguments): \(process.errors)")
        }
    }

    /// Gives the namespace an interface behind which nobody is: what is sent to 10.9.9.1, 2 and 3 and to fd09::1 and 2 vanishes
    /// without a word.
    func addBlackHole() throws {
        try ip("link add hole type veth peer name bottom")
        try ip("addr add 10.9.9.254/24 dev hole")
        try ip("link set hole up")
        try ip("link set bottom up")
        // Without it, the sender would learn after a few seconds that nobody has the address.
        try ip("addr add fd09::fe/64 dev hole nodad")
        for address in ["10.9.9.1", "10.9.9.2", "10.9.9.3", "fd09::1", "fd09::2"] {
            try ip("neigh add \(address) lladdr 02:00:00:00:00:01 dev hole nud permanent")
        }
    }
}

/// Jobs for one thread, which ends with `stop`.
private final class JobQueue: @unchecked Sendable {
    private let condition = NSCondition()
    private var jobs: [@Sendable () -> Void] = []
    private var isStopped = false

    func work() {
        while true {
            condition.lock()
            while jobs.isEmpty, !isStopped { condition.wait() }
            guard !jobs.isEmpty else { return condition.unlock() }
            let job = jobs.removeFirst()
            condition.unlock()
            job()
        }
    }

    func stop() {
        condition.lock()
        isStopped = true
        condition.broadcast()
        condition.unlock()
    }

    func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) throws -> Value {
        let done = DispatchSemaphore(value: 0)
        let box = Box<Value>()
        condition.lock()
        jobs.append {
            let value = Result { try body() }
            box.result.withLock { $0 = value }
            done.signal()
        }
        condition.signal()
        condition.unlock()
        done.wait()
        guard let value = box.result.withLock({ $0 }) else { throw HarnessError("no result") }
        return try value.get()
    }

    private final class Box<Value: Sendable>: Sendable {
        let result = Mutex<Result<Value, any Error>?>(nil)
    }
}
