internal import AdminSocket
internal import Glibc
internal import System

/// The pause of one destination, beside that of all: it sends while neither is on.
extension SettingsController {
    /// Whether one has a pause of its own.
    func isPaused(_ name: DestinationName) -> Bool {
        if name == .standard { return settings.isDefaultPaused }
        return settings.others.first { $0.name == name }?.settings.isPaused ?? false
    }

    /// Seconds until that ends by itself; nil when it does not.
    func pauseLeft(of name: DestinationName) -> Double? {
        pauseEnds[name].map { max(0, $0 - MonotonicClock.now) }
    }

    /// When the pause that holds one ends by itself, in seconds since 1970: that of all, or its own.
    func pausedUntil(of name: DestinationName) -> Int? {
        if settings.destination.isPaused { return pausedUntil }
        return pauseLeft(of: name).map { wallClock() + Int($0.rounded(.up)) }
    }

    /// Pauses one, until somebody resumes it or for at least a second.
    func pause(_ name: DestinationName, for duration: Duration?) throws(InvalidValue) {
        try setPaused(true, name)
        pauseEnds[name] = duration.map { MonotonicClock.now + $0.inSeconds }
        startPauseTimer()
    }

    /// Ends the pause of one; nothing happens when there is none.
    func resume(_ name: DestinationName) throws(InvalidValue) {
        try setPaused(false, name)
        pauseEnds[name] = nil
        startPauseTimer()
    }

    /// Ends those of each.
    func resumeOthers() {
        for (name, _) in settings.allDestinations where isPaused(name) { try? resume(name) }
    }

    /// As `brake`, for one.
    func brake(
        _ name: DestinationName, for duration: Duration?, finished: @escaping (String) -> Void
    ) throws(InvalidValue) {
        try pause(name, for: duration)
        let text = "Destination \(name) paused" + (duration.map { " for \(TimeValue.format($0))" } ?? "")
        guard file != nil else {
            return finished("\(text)\(duration == nil ? "" : ", or") until the agent restarts.")
        }
        keepPause(of: name) { failure in
            finished("\(text).\(failure.map { " But a restart lifts it: \($0.asSentence)" } ?? "")")
        }
    }

    /// As `release`, for one.
    func release(_ name: DestinationName, finished: @escaping (String) -> Void) throws(InvalidValue) {
        try resume(name)
        let text = "Destination \(name) resumed"
        let rest = settings.destination.isPaused ? ", but all are paused: 'resume' ends that." : "."
        keepPause(of: name) { failure in
            finished(
                text + rest + (failure.map { " But a restart may pause it again: \($0.asSentence)" } ?? ""))
        }
    }

    /// What is kept of the pause of one.
    func pauseEntry(of name: DestinationName) -> StateFile.Entry? {
        guard isPaused(name) else { return nil }
        return .pauseOwn(name, until: pauseLeft(of: name).map { wallClock() + Int($0.rounded(.up)) })
    }

    private func keepPause(of name: DestinationName, finished: @escaping (String?) -> Void) {
        guard let file else { return finished(nil) }
        file.make(.pauseOwn(name, pauseEntry(of: name))) { result in
            if case .failure(let error) = result { finished("\(error)") } else { finished(nil) }
        }
    }

    private func setPaused(_ isPaused: Bool, _ name: DestinationName) throws(InvalidValue) {
        if name == .standard {
            change { $0.isDefaultPaused = isPaused }
        } else {
            let index = try index(of: name)
            change { $0.others[index].settings.isPaused = isPaused }
        }
        publishChange()
    }

    private func startPauseTimer() {
        pauseTimer?.stop()
        guard let first = pauseEnds.values.min() else { return }
        pauseTimer?.start(after: max(0.001, first - MonotonicClock.now))
    }

    /// To be called when the first of the pauses is over.
    func endPauses() {
        for (name, end) in pauseEnds.sorted(by: { $0.key < $1.key }) where end <= MonotonicClock.now {
            try? resume(name)
            keepPause(of: name) { [expired] failure in
                expired("the pause of destination \(name) is over\(failure.map { " (\($0))" } ?? "")")
            }
        }
        startPauseTimer()
    }
}
