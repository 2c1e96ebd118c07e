internal import Logging
internal import Synchronization
internal import System

/// Warns once about messages that cannot be mirrored for what HAProxy's configuration calls them or their arguments: that is
/// otherwise a mirror that stays empty without a word. Shared by all workers.
final class UnknownMessages: Sendable {
    /// Names that are warned about in all, and sets of arguments.
    static let mostNames = 64
    /// Bytes of a name that are looked at, and kept.
    static let longestName = 128

    private let seen = Mutex<Set<[UInt8]>>([])
    private let seenMissing = Mutex<Set<String>>([])
    private let expected: String
    private let logger: Logger

    init(expected: String, logger: Logger) {
        self.expected = expected
        self.logger = logger
    }

    /// Notes the name of a message that was acknowledged and not mirrored, cut to `longestName`.
    func note(_ name: [UInt8]) {
        let isNew = seen.withLock { $0.count < Self.mostNames && $0.insert(name).inserted }
        guard isNew else { return }
        logger.warning(
            """
            message \(PrintableText.quoted(name)) is acknowledged but not mirrored: only \
            \(PrintableText.quoted(expected.utf8)) is (--message)
            """
        )
    }

    /// Notes that messages lack arguments that a copy needs; `detail` says which and what there is.
    func noteMissing(_ detail: String) {
        let isNew = seenMissing.withLock { $0.count < Self.mostNames && $0.insert(detail).inserted }
        guard isNew else { return }
        logger.warning(
            "message \(PrintableText.quoted(expected.utf8)) is acknowledged but not mirrored: \(detail)")
    }
}
