internal import Glibc
internal import System

/// What `show errors` tells: the last copies that failed or could not be sent, the oldest first.
struct ErrorsReport: Encodable {
    /// The version of the JSON form; raised when a field changes its meaning or goes.
    let format = 1
    let errors: [Entry]

    struct Entry: Encodable {
        let time: String
        /// The number that HAProxy's variable `id` and the request log have.
        let id: Int64
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
                id: $0.id,
                method: Self.field($0.method), target: Self.field($0.target), reason: $0.reason,
                detail: $0.detail)
        }
    }

    /// One that is empty would move those behind it.
    private static func field(_ bytes: [UInt8]) -> String { bytes.isEmpty ? "-" : PrintableText.of(bytes) }

    /// `TIME ID METHOD TARGET REASON DETAIL`, one a line.
    var lines: [String] {
        errors.map { "\($0.time) \($0.id) \($0.method) \($0.target) \($0.reason) \($0.detail)" }
    }
}
