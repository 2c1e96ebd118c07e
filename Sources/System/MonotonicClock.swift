internal import Glibc

/// The clock of every duration that is measured: seconds since some moment, never set back.
package enum MonotonicClock {
    package static var now: Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
