internal import AdminSocket
internal import Glibc
internal import System

/// The live settings, on the main thread: the only place that changes them, and that knows where each came from.
final class SettingsController {
    /// Where a value came from; a later one wins.
    enum Origin: String, Sendable {
        case `default` = "default", option = "option", runtime = "runtime"
        case stateFile = "state file"
    }

    private(set) var settings: Settings
    /// What they are without any change at run time: the options, and the defaults where there is none.
    let base: Settings
    /// The settings that the command line names.
    let given: Set<SettingName>
    /// Where changes are kept over a restart, if anywhere.
    let file: StateFile?
    /// Of each setting that somebody has set.
    private(set) var origins: [SettingName: Origin]
    /// What is known of the destinations beside the default one.
    var others: [DestinationName: Other] = [:]
    /// When pauses of single destinations end by themselves, on the monotonic clock.
    var pauseEnds: [DestinationName: Double] = [:]
    private(set) var pauseTimer: TimerWatcher?
    /// Of the pause, or of its absence.
    private(set) var pauseOrigin: Origin
    /// When a pause ends by itself; nil when it does not.
    private var deadline: Deadline?
    /// What is set for a time.
    private(set) var temporary = TemporaryChanges()
    /// In whole seconds since 1970; somebody may set it while the agent runs.
    let wallClock: () -> Int
    /// Of the last change, or of the start, in seconds since 1970.
    private(set) var lastChange: Int
    /// Gets each new value, to put it into force everywhere.
    var publish: (Settings) -> Void = { _ in }
    private var timer: TimerWatcher?
    private var ends: DeadlineTimer?
    let expired: (String) -> Void

    /// Calls `expired` when a pause or a change has ended by itself, with what there is to say of that.
    init(
        _ configuration: Configuration, loop: EventLoop, wallClock: @escaping () -> Int = { time(nil) },
        expired: @escaping (String) -> Void
    ) {
        (self.wallClock, self.expired) = (wallClock, expired)
        settings = configuration.settings
        settings.readAuthorities()
        base = settings
        others = settings.others.reduce(into: [:]) {
            $0[$1.name] = Other(
                origins: $1.given.union([.url]).reduce(into: [:]) { $0[$1] = .option }, origin: .option)
        }
        given = configuration.given
        file = configuration.stateFile.map { StateFile(path: $0) }
        origins = configuration.given.reduce(into: [:]) { $0[$1] = .option }
        pauseOrigin = configuration.settings.destination.isPaused ? .option : .default
        lastChange = time(nil)
        pauseTimer = TimerWatcher(loop: loop) { [unowned self] in endPauses() }
        timer = TimerWatcher(loop: loop) { [unowned self] in
            resume()
            forgetPause { failure in
                expired("the pause is over: mirroring resumed\(failure.map { " (\($0))" } ?? "")")
            }
        }
        ends = DeadlineTimer(loop: loop) { [unowned self] in endTemporary(at: MonotonicClock.now) }
    }

    /// Changes one setting and says so: `Sample rate set to 10% (was 100%).` With a duration, of at least a second, what it was before
    /// comes back behind it.
    func set(
        _ name: SettingName, to text: String, origin: Origin = .runtime, for duration: Duration? = nil
    ) throws(InvalidValue) -> String {
        let old = shownTextWithTime(of: name)
        var changed = settings
        try changed.set(name, to: text)
        // Not of a state file, which says one thing after the other: what is left then leaves the mark as it is.
        if origin == .runtime, [.headers, .credentialHeaders, .markHeader].contains(name),
            let field = changed.destination.style.ruleOnMark
        {
            throw InvalidValue(
                "", accepted: "",
                problem: .notRepeated("no rule changes \(field): it is the mark (mark-header)"))
        }
        if let duration {
            temporary.begin(
                name, until: Deadline(after: duration, at: wallClock()), value: settings.text(of: name),
                origin: origins[name])
        } else {
            temporary.end(name)
        }
        settings = changed
        origins[name] = origin
        apply()
        // A secret is `set` or `not set`.
        let change = name == .sampleSalt ? "is now" : "set to"
        let time = duration.map { " for \(TimeValue.format($0)), then back to \(shownReturn(of: name))" }
        let value = settings.shownText(of: name) + (time ?? "")
        return "\(name.row.label) \(change) \(value) (was \(old)).\(warning(of: name))"
    }

    /// Gives settings the values that they have without any change at run time; all of them, or none.
    func putBack(_ names: [SettingName]) throws(InvalidValue) {
        var changed = settings
        for name in names { try changed.set(name, to: baseText(of: name)) }
        settings = changed
        for name in names {
            origins[name] = given.contains(name) ? .option : nil
            temporary.end(name)
        }
        apply()
    }

    /// Ends the changes whose time is over at `now` on the monotonic clock, in seconds. A value that cannot come back leaves the
    /// other one in force: copies go on as they do, and the log says so.
    func endTemporary(at now: Double) {
        let texts = temporary.due(at: now).compactMap { name -> String? in
            let (old, new) = (settings.shownText(of: name), shownReturn(of: name))
            guard let change = temporary.end(name) else { return nil }
            let over = "the time of \(name.rawValue) \(old) is over"
            do throws(InvalidValue) {
                try settings.set(name, to: text(of: name, from: change.value))
            } catch {
                return "\(over), but it stays: \(error.sentence)"
            }
            origins[name] = change.origin
            return "\(over): back to \(new)\(remark(on: name))"
        }
        let others = endOwnTemporary(at: now)
        apply()
        (texts + others).forEach(expired)
    }

    /// What there is to say of the value that a setting has now.
    func warning(of name: SettingName) -> String {
        name == .url && settings.destination.trustsNobody ? " But \(TrustStore.noAuthorities)." : ""
    }

    /// What would be in force with the URL `text`, or is with the present one, its authorities read: they are kept for the change
    /// that may follow.
    func destination(
        at text: String?, of name: DestinationName = .standard
    ) throws(InvalidValue) -> DestinationSettings {
        var changed = try seen(by: name)
        changed.destination.transport = settings.destination.transport
        if let text { try changed.set(.url, to: text) }
        changed.destination.readAuthorities()
        settings.destination.transport.trusted = changed.destination.transport.trusted
        return changed.destination
    }

    /// Takes no more than `limit` for copies from now on. Returns what there is to say when it was more.
    func bound(queueBytesBy limit: MemoryLimit) -> String? {
        let wanted = settings.maxQueueBytes
        settings.memoryLimit = limit
        settings.maxQueueBytes = min(wanted, limit.forCopies)
        apply()
        guard wanted > limit.forCopies else { return nil }
        let sizes = (SizeValue.format(limit.forCopies), SizeValue.format(wanted))
        return "max-queue-bytes is \(sizes.0), not \(sizes.1): \(limit.reason)"
    }

    /// Pauses, for good or for at least a second.
    func pause(for duration: Duration?, origin: Origin = .runtime) {
        deadline = duration.map { Deadline(after: $0, at: wallClock()) }
        pauseOrigin = origin
        timer?.stop()
        if let duration { timer?.start(after: duration.inSeconds) }
        settings.destination.isPaused = true
        apply()
    }

    /// Ends a pause; nothing happens when there is none.
    func resume() {
        deadline = nil
        // Unless it was paused at the start, it is again as it was.
        pauseOrigin = startsPaused ? .runtime : .default
        timer?.stop()
        settings.destination.isPaused = false
        apply()
    }

    /// Seconds until a pause ends by itself; nil when it does not.
    var pauseLeft: Double? { deadline?.left }

    /// When that is, in seconds since 1970 by the clock as it is now, from 0 to the end of the year 9999.
    var pausedUntil: Int? { deadline?.wall(at: wallClock()) }

    /// Reads the authorities again, for connections that are made from now on, each with a TLS session of its own. The old ones stay
    /// when that fails. False when no destination has needed them so far.
    func readAuthoritiesAgain() throws(UsageError) -> Bool {
        guard settings.destination.transport.trusted != nil else { return false }
        settings.destination.transport.trusted = try TrustStore(
            file: settings.destination.transport.authorityFile, endsSessions: true)
        publish(settings)
        return true
    }

    /// Reads the agent's own certificate and key again, in the same way. False when it has none.
    func readIdentityAgain() throws(UsageError) -> Bool {
        guard let file = settings.destination.transport.certificateFile else { return false }
        settings.destination.transport.identity = try ClientIdentity(
            certificate: file, key: settings.destination.transport.keyFile, endsSessions: true)
        publish(settings)
        return true
    }

    /// Whether the command line has it start paused, whatever a state file says.
    var startsPaused: Bool { base.destination.isPaused }

    /// Changes settings; `publishChange` has to follow.
    func change(_ body: (inout Settings) -> Void) { body(&settings) }

    /// Puts what was changed into force.
    func publishChange() { apply() }

    /// Puts `settings`, which were changed, into force.
    private func apply() {
        settings.readAuthorities()
        lastChange = time(nil)
        if let next = nextEnd { ends?.wait(until: next) } else { ends?.stop() }
        publish(settings)
    }
}
