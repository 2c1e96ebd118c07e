internal import Glibc

/// Moments as text.
package enum Timestamp {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// UTC in the form of RFC 3339, to the millisecond: `2026-11-22T13:04:05.678Z`. `nanoseconds` are since 1970; now by default.
    package static func text(_ nanoseconds: Int = KernelClock.real.nanoseconds) -> String {
        "\(moment(nanoseconds / 1_000_000_000)).\(padded(nanoseconds / 1_000_000 % 1000, 3))Z"
    }

    /// The same to the second: `2026-11-22T13:04:05Z`. `seconds` are since 1970, up to the year 9999.
    package static func text(seconds: Int) -> String { "\(moment(seconds))Z" }

    private static func moment(_ seconds: Int) -> String {
        var seconds = seconds
        var parts = unsafe tm()
        unsafe gmtime_r(&seconds, &parts)
        let date =
            unsafe "\(padded(parts.tm_year + 1900, 4))-\(padded(parts.tm_mon + 1, 2))-\(padded(parts.tm_mday, 2))"
        return unsafe "\(date)T\(clock(parts))"
    }

    /// Now, in local time and the form of RFC 3164, section 4.1.2: `Nov  2 13:04:05`.
    package static func syslog() -> String {
        var now = time(nil)
        var parts = unsafe tm()
        unsafe localtime_r(&now, &parts)
        let day = unsafe parts.tm_mday
        return unsafe "\(months[Int(parts.tm_mon)]) \(day < 10 ? " " : "")\(day) \(clock(parts))"
    }

    private static func clock(_ parts: tm) -> String {
        unsafe "\(padded(parts.tm_hour, 2)):\(padded(parts.tm_min, 2)):\(padded(parts.tm_sec, 2))"
    }

    private static func padded(_ value: some BinaryInteger, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
