import Glibc

/// Time in nanoseconds.
enum Clock {
    /// Monotonic, from an arbitrary beginning.
    static var now: UInt64 { read(CLOCK_MONOTONIC) ?? 0 }

    /// What all threads of a process have spent so far, user and system. The kernel's own books, as utime and stime in
    /// /proc are, but not in ticks of 10 ms.
    static func cpuTime(of pid: pid_t) -> UInt64 {
        var clock = clockid_t()
        guard clock_getcpuclockid(pid, &clock) == 0 else { return 0 }
        return read(clock) ?? 0
    }

    static func sleep(seconds: Double) {
        usleep(UInt32(seconds * 1e6))
    }

    /// Asks again and again until it is so; false when the time is over.
    static func wait(seconds: Double, every interval: Double = 0.01, until condition: () throws -> Bool)
        rethrows
        -> Bool
    {
        let deadline = now + nanoseconds(seconds)
        while try !condition() {
            guard now < deadline else { return false }
            sleep(seconds: interval)
        }
        return true
    }

    static func nanoseconds(_ seconds: Double) -> UInt64 { UInt64(seconds * 1e9) }
    static func seconds(_ nanoseconds: UInt64) -> Double { Double(nanoseconds) / 1e9 }

    private static func read(_ clock: clockid_t) -> UInt64? {
        var time = timespec()
        guard clock_gettime(clock, &time) == 0 else { return nil }
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
