internal import Glibc

/// The kernel's clocks (clock_gettime(2)).
package enum KernelClock {
    /// Since 1970; may be set back.
    case real
    /// Since the machine started, the time that it slept included.
    case boot
    /// Of the processor, for this process.
    case processor
    /// Since some moment, never set back.
    case monotonic

    /// What it shows, in seconds.
    package var seconds: Double { Double(time.tv_sec) + Double(time.tv_nsec) / 1e9 }

    /// What it shows, in nanoseconds.
    package var nanoseconds: Int { time.tv_sec * 1_000_000_000 + time.tv_nsec }

    private var time: timespec {
        let number =
            switch self {
            case .real: CLOCK_REALTIME
            case .boot: CLOCK_BOOTTIME
            case .processor: CLOCK_PROCESS_CPUTIME_ID
            case .monotonic: CLOCK_MONOTONIC
            }
        var time = timespec()
        unsafe clock_gettime(number, &time)
        return time
    }
}

/// The clock of every duration that is measured.
package enum MonotonicClock {
    /// Seconds since some moment, never set back.
    package static var now: Double { KernelClock.monotonic.seconds }
}
