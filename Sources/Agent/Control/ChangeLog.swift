internal import Glibc
internal import Logging
internal import System

/// Logs the changes that operators make and who made them. What changes again and again is summed up: a script that runs wild
/// cannot fill the disk, and the last line on a thing tells its state. On the main thread.
final class ChangeLog {
    /// Lines that each thing gets before it is summed up.
    private static let linesAtFirst = 10
    /// Seconds between two sums.
    private static let interval = 5.0

    /// What became of one thing in this interval.
    private struct Tally {
        var lines = 0
        /// Changes that got no line, by who made them.
        var more: [uid_t: Int] = [:]
        var last = ""
        /// Of the last change: sums are logged in the order of what they tell.
        var number = 0

        var count: Int { more.values.reduce(0, +) }
    }

    private let logger: Logger
    private var tallies: [String: Tally] = [:]
    private var changes = 0
    private var timer: TimerWatcher?

    init(loop: EventLoop, logger: Logger) {
        self.logger = logger
        timer = TimerWatcher(loop: loop) { [unowned self] in
            sumUp()
            if !tallies.isEmpty { timer?.start(after: Self.interval) }
        }
    }

    /// Notes a change of `thing`, by `text` for the operator.
    func note(_ thing: String, _ text: String, by peer: PeerCredentials) {
        let line = "\(text) [uid \(peer.uid), pid \(peer.pid)]"
        if tallies[thing, default: Tally()].lines < Self.linesAtFirst {
            tallies[thing, default: Tally()].lines += 1
            logger.notice("admin: \(line)")
        } else {
            changes += 1
            tallies[thing]?.more[peer.uid, default: 0] += 1
            tallies[thing]?.last = line
            tallies[thing]?.number = changes
        }
        if timer?.isRunning == false { timer?.start(after: Self.interval) }
    }

    /// Logs what came on top since the last time. Also to be called at the end, or that would be lost.
    func sumUp() {
        for (thing, tally) in tallies.sorted(by: { $0.value.number < $1.value.number }) where tally.count > 0
        {
            guard tally.count > 1 else {
                logger.notice("admin: \(tally.last)")
                continue
            }
            let who = tally.more.sorted { $0.key < $1.key }.map { "uid \($0.key): \($0.value)" }
            logger.notice(
                "admin: \(thing): \(tally.count) more changes (\(who.joined(separator: ", "))), the last: \(tally.last)"
            )
        }
        // What goes on is summed up for another interval, what has stopped gets its lines again.
        tallies = tallies.filter { $0.value.count > 0 }.mapValues { Tally(lines: $0.lines) }
    }
}
