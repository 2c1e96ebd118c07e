internal import Logging
internal import SPOP
internal import Synchronization

/// Warns once per name about messages that are not mirrored: a name that differs between HAProxy's configuration and
/// `--message` is otherwise a mirror that stays empty without a word. Shared by all workers.
final class UnknownMessages: Sendable {
    /// Names that are warned about in all.
    static let mostNames = 64
    private static let longestName = 128

    private let seen = Mutex<Set<String>>([])
    private let expected: String
    private let logger: Logger

    init(expected: String, logger: Logger) {
        self.expected = expected
        self.logger = logger
    }

    /// Notes the name of a message that was acknowledged and not mirrored.
    func note(_ payload: RawSpan, _ range: Range<Int>) {
        let name = payload.text(range.prefix(Self.longestName))
        let isNew = seen.withLock { $0.count < Self.mostNames && $0.insert(name).inserted }
        guard isNew else { return }
        logger.warning(
            "message \(name.debugDescription) is acknowledged but not mirrored: only \(expected.debugDescription) is (--message)"
        )
    }
}
