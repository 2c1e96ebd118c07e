import Glibc

/// What a descriptor is ready for.
struct Readiness: OptionSet {
    let rawValue: UInt32

    static let input = Readiness(rawValue: 1)
    static let output = Readiness(rawValue: 4)
    /// An error or the end; reported without being asked for.
    static let failed = Readiness(rawValue: 0x8 | 0x10)
}

/// An epoll instance; each descriptor in it has a number of the caller's choice, its token.
final class Epoll {
    private static let capacity = 512
    // struct epoll_event is packed on x86-64, and only there.
    #if arch(x86_64)
        private static let stride = 12
        private static let tokenOffset = 4
    #else
        private static let stride = 16
        private static let tokenOffset = 8
    #endif

    private let descriptor: Int32
    private let events: UnsafeMutableRawPointer
    private let waitCall = LinuxCalls.epollWait

    init() throws {
        descriptor = LinuxCalls.epollCreate(O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure.system("open an epoll instance") }
        events = .allocate(byteCount: Self.capacity * Self.stride, alignment: 16)
    }

    deinit {
        close(descriptor)
        events.deallocate()
    }

    func add(_ watched: Int32, for readiness: Readiness, token: Int) {
        control(EPOLL_CTL_ADD, watched, readiness, token)
    }

    func change(_ watched: Int32, to readiness: Readiness, token: Int) {
        control(EPOLL_CTL_MOD, watched, readiness, token)
    }

    func remove(_ watched: Int32) {
        control(EPOLL_CTL_DEL, watched, [], 0)
    }

    /// Waits, and calls `body` for each descriptor that is ready.
    func wait(milliseconds: Int32, _ body: (Int, Readiness) throws -> Void) rethrows {
        let count = waitCall(descriptor, events, Int32(Self.capacity), milliseconds)
        for index in 0..<Int(max(count, 0)) {
            let event = events + index * Self.stride
            let token = (event + Self.tokenOffset).loadUnaligned(as: UInt32.self)
            try body(Int(token), Readiness(rawValue: event.loadUnaligned(as: UInt32.self)))
        }
    }

    private func control(_ operation: Int32, _ watched: Int32, _ readiness: Readiness, _ token: Int) {
        withUnsafeTemporaryAllocation(byteCount: 16, alignment: 8) { event in
            event.initializeMemory(as: UInt8.self, repeating: 0)
            event.storeBytes(of: readiness.rawValue, as: UInt32.self)
            event.storeBytes(of: UInt32(token), toByteOffset: Self.tokenOffset, as: UInt32.self)
            _ = LinuxCalls.epollControl(descriptor, operation, watched, event.baseAddress)
        }
    }
}

private let EPOLL_CTL_ADD: Int32 = 1
private let EPOLL_CTL_DEL: Int32 = 2
private let EPOLL_CTL_MOD: Int32 = 3

/// A timer that ticks as a descriptor: unlike the timeout of a wait, it is exact to the nanosecond and not put off by
/// the kernel's timer slack.
final class TickingTimer {
    let descriptor: Int32

    /// Ticks from now on, `interval` nanoseconds apart.
    init(interval: UInt64) throws {
        descriptor = LinuxCalls.timerCreate(CLOCK_MONOTONIC, O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Failure.system("make a timer") }
        let step = timespec(
            tv_sec: Int(interval / 1_000_000_000), tv_nsec: Int(interval % 1_000_000_000))
        var setting = itimerspec(it_interval: step, it_value: step)
        guard LinuxCalls.timerSet(descriptor, 0, &setting, nil) == 0 else {
            throw Failure.system("set a timer")
        }
    }

    deinit { close(descriptor) }

    /// Waits for the next tick from now on; the kernel stops a timer that nobody reads.
    func takeTick() {
        var ticks: UInt64 = 0
        _ = read(descriptor, &ticks, 8)
    }
}
