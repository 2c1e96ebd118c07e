/// What a socket lets its clients do. Each level includes the ones before it.
package enum Level: String, CaseIterable, Comparable, Sendable {
    /// Reads.
    case user = "user"
    /// Pauses and resumes, too.
    case `operator` = "operator"
    /// Everything.
    case admin = "admin"

    package static func < (left: Level, right: Level) -> Bool { left.rank < right.rank }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
