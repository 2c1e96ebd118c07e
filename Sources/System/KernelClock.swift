internal import Glibc

/// A clock of the kernel (clock_gettime(2)).
package struct KernelClock: Sendable {
    private let number: clockid_t

    /// Since 1970; may be set back.
    package static var real: KernelClock { KernelClock(number: CLOCK_REALTIME) }
    /// Since the machine started, the time that it slept included.
    package static var boot: KernelClock { KernelClock(number: CLOCK_BOOTTIME) }
    /// Of the processor, for this process.
    package static var processor: KernelClock { KernelClock(number: CLOCK_PROCESS_CPUTIME_ID) }
    /// Since some moment, never set back.
    package static var monotonic: KernelClock { KernelClock(number: CLOCK_MONOTONIC) }

    /// What it shows, in seconds.
    package var seconds: Double { Double(time.tv_sec) + Double(time.tv_nsec) / 1e9 }

    /// What it shows, in nanoseconds.
    package var nanoseconds: Int { time.tv_sec * 1_000_000_000 + time.tv_nsec }

    private var time: timespec {
        var time = timespec()
        unsafe clock_gettime(number, &time)
        return time
    }
}

/// The clock of every duration that is measured, in seconds.
package enum MonotonicClock {
    package static var now: Double { KernelClock.monotonic.seconds }
}
