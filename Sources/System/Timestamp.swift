internal import Glibc

/// UTC in the form of RFC 3339, to the millisecond: `2026-11-22T13:04:05.678Z`.
package enum Timestamp {
    package static func now() -> String {
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        return text(seconds: now.tv_sec, nanoseconds: now.tv_nsec)
    }

    /// Of a moment since 1970.
    package static func text(seconds: Int, nanoseconds: Int) -> String {
        var seconds = seconds
        var parts = unsafe tm()
        unsafe gmtime_r(&seconds, &parts)
        func padded(_ value: some BinaryInteger, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let date =
            unsafe "\(padded(parts.tm_year + 1900, 4))-\(padded(parts.tm_mon + 1, 2))-\(padded(parts.tm_mday, 2))"
        let time = unsafe "\(padded(parts.tm_hour, 2)):\(padded(parts.tm_min, 2)):\(padded(parts.tm_sec, 2))"
        return "\(date)T\(time).\(padded(nanoseconds / 1_000_000, 3))Z"
    }
}
