internal import System

extension Report {
    /// `show errors`: the last copies that failed or were dropped, the oldest first. In text
    /// `TIME ID METHOD TARGET REASON DETAIL`, one a line.
    static func errors(_ failures: [RecentFailures.Failure]) -> Report {
        // One that is empty would move those behind it.
        func printable(_ bytes: [UInt8]) -> String { bytes.isEmpty ? "-" : PrintableText.of(bytes) }
        let entries = failures.map {
            [
                Field("time", Timestamp.text($0.time)),
                Field("id", JSON($0.id), text: $0.id == 0 ? "-" : "\($0.id)"),
                Field("method", printable($0.method)),
                Field("target", printable($0.target)),
                Field("reason", $0.reason),
                Field("detail", $0.detail),
            ]
        }
        return Report(
            lines: entries.map { $0.map(\.text).joined(separator: " ") },
            json: ["format": JSON(1), "errors": JSON(entries.map { JSON($0) })])
    }
}
