internal import Glibc

/// What `show errors` tells: the last copies that failed or could not be sent, the oldest first.
struct ErrorsReport: Encodable {
    /// The version of the JSON form; raised when a field changes its meaning or goes.
    let format = 1
    let errors: [Entry]

    struct Entry: Encodable {
        let time: String
        let method: String
        /// Without its query.
        let target: String
        let reason: String
        let detail: String
    }

    init(_ failures: [RecentFailures.Failure]) {
        errors = failures.map {
            Entry(
                time: Timestamp.text(seconds: $0.time / 1_000_000_000, nanoseconds: $0.time % 1_000_000_000),
                method: PrintableText.of($0.method), target: PrintableText.of($0.target), reason: $0.reason,
                detail: $0.detail)
        }
    }

    /// `TIME METHOD TARGET REASON DETAIL`, one a line.
    var lines: [String] { errors.map { "\($0.time) \($0.method) \($0.target) \($0.reason) \($0.detail)" } }
}
