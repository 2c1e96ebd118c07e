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

    private let names = Mutex<Set<String>>([])
    private let details = Mutex<Set<String>>([])
    private let destinations = Mutex<Set<String>>([])
    /// In quotes.
    private let expected: String
    private let logger: Logger

    init(expected: String, logger: Logger) {
        self.expected = PrintableText.quoted(expected.utf8)
        self.logger = logger
    }

    /// Notes the name of a message that was acknowledged and not mirrored, cut to `longestName`.
    func note(_ name: [UInt8]) {
        let name = PrintableText.quoted(name)
        warn(
            "\(name) is acknowledged but not mirrored: only \(expected) is (--message)", once: name, of: names
        )
    }

    /// Notes that messages lack arguments that a copy needs; `detail` says which and what there is.
    func noteMissing(_ detail: String) {
        warn("\(expected) is acknowledged but not mirrored: \(detail)", once: detail, of: details)
    }

    /// Notes a name in `arg_to` that no destination has, cut to `longestName`.
    func noteDestination(_ name: [UInt8]) {
        let name = PrintableText.quoted(name)
        warn(
            "for \(name) is not mirrored there: no destination has that name (arg_to)", once: name,
            of: destinations)
    }

    private func warn(
        _ text: @autoclosure () -> String, once key: String, of seen: borrowing Mutex<Set<String>>
    ) {
        let isNew = seen.withLock { $0.count < Self.mostNames && $0.insert(key).inserted }
        if isNew { logger.warning("message \(text())") }
    }
}
