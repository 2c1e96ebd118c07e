internal import Logging
internal import Stats

/// Writes a line for each change of a breaker. One that flaps is summed up, and cannot fill the disk. On the main thread.
struct BreakerLog {
    /// Lines in one interval, which is in seconds.
    private static let most = 10
    private static let interval = 60.0

    private let logger: Logger
    private var intervalBegan = -Double.infinity
    private var lines = 0
    /// Changes that got no line, and the last one of them.
    private var unlogged = 0
    private var last: Breaker.Snapshot?

    init(_ logger: Logger) { self.logger = logger }

    /// Logs what the breaker of the mirror at `url` has done since the last call, the oldest first. `more` changes before these are
    /// lost. To be called again and again, as what is summed up has its line when there is room for it.
    mutating func note(
        _ changes: [Breaker.Snapshot], more: Int, _ url: MirrorURL, _ settings: BreakerSettings, now: Double
    ) {
        unlogged += more
        if now - intervalBegan >= Self.interval { (intervalBegan, lines) = (now, 0) }
        for change in changes {
            guard lines == Self.most else {
                log(change, url, settings)
                continue
            }
            (unlogged, last) = (unlogged + 1, change)
        }
        if let last, lines < Self.most {
            unlogged -= 1
            log(last, url, settings)
        }
    }

    private mutating func log(
        _ change: Breaker.Snapshot, _ url: MirrorURL, _ settings: BreakerSettings
    ) {
        let more = unlogged > 0 ? "; \(unlogged) changes before have no line" : ""
        (unlogged, last) = (0, nil)
        lines += 1
        logger.log(
            level: change.state == .open ? .warning : .notice,
            "breaker \(change.state.rawValue): \(url.text): \(Self.text(change, settings))\(more)")
    }

    private static func text(_ change: Breaker.Snapshot, _ settings: BreakerSettings) -> String {
        switch (change.state, change.reason) {
        case (.closed, _): "the mirror takes copies again"
        case (.halfOpen, _): "a copy got through; one at a time is sent"
        case (.open, .failures):
            "\(settings.share) or more of the copies came to no answer; requests are dropped, and one copy at a time tries"
        case (.open, _):
            "no connection for longer than max-queue-age; requests are dropped, and one copy at a time tries"
        }
    }
}
