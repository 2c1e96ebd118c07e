internal import Glibc

/// A clock of the kernel (clock_gettime(2)).
package struct KernelClock: Sendable {
    private let number: clockid_t

    /// The time of day since 1970; it can jump.
    package static var real: KernelClock { KernelClock(number: CLOCK_REALTIME) }
    /// Time since the machine started, including sleep.
    package static var boot: KernelClock { KernelClock(number: CLOCK_BOOTTIME) }
    /// Processor time of this process.
    package static var processor: KernelClock { KernelClock(number: CLOCK_PROCESS_CPUTIME_ID) }
    /// Time since an arbitrary moment; it never jumps.
    package static var monotonic: KernelClock { KernelClock(number: CLOCK_MONOTONIC) }

    /// The reading in seconds.
    package var seconds: Double { Double(time.tv_sec) + Double(time.tv_nsec) / 1e9 }

    /// The reading in nanoseconds.
    package var nanoseconds: Int { time.tv_sec * 1_000_000_000 + time.tv_nsec }

    private var time: timespec {
        var time = timespec()
        unsafe clock_gettime(number, &time)
        return time
    }
}

/// The clock for all durations, in seconds.
package enum MonotonicClock {
    package static var now: Double { KernelClock.monotonic.seconds }
}
