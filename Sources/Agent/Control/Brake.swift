internal import System

/// Pausing and resuming as operators do it: kept over a restart at once, and nothing else with it. Where that fails, the answer says
/// so. In force before a disk, which may be slow, is waited for.
extension SettingsController {
    /// Pauses until `resume`, or for at least a second; also when the file cannot be written. `finished` gets
    /// `Mirroring paused for 10m.` once that is in the file.
    func brake(for duration: Duration?, finished: @escaping (String) -> Void) {
        pause(for: duration)
        let text = "Mirroring paused" + (duration.map { " for \(TimeValue.format($0))" } ?? "")
        let startsPaused = startsPaused
        guard file != nil || startsPaused else {
            return finished("\(text)\(duration == nil ? "" : ", or") until the agent restarts.")
        }
        keepPause(pauseEntry) { failure in
            // A start that is paused anyway lifts none.
            guard let failure, !startsPaused else { return finished("\(text).") }
            finished("\(text). But a restart lifts it: \(failure.asSentence)")
        }
    }

    /// Ends the pause of all, and those of each. `finished` gets `Mirroring resumed.` once the file says nothing of it.
    func release(finished: @escaping (String) -> Void) {
        resumeOthers()
        resume()
        let startsPaused = startsPaused
        forgetPause { failure in
            guard !startsPaused else {
                return finished("Mirroring resumed until the agent restarts (--paused).")
            }
            finished(
                "Mirroring resumed."
                    + (failure.map { " But a restart may pause it again: \($0.asSentence)" } ?? ""))
        }
    }

    /// Takes the pause out of the state file. `finished` gets why that failed, if it did.
    func forgetPause(finished: @escaping (String?) -> Void) { keepPause(nil, finished: finished) }

    private func keepPause(_ entry: StateFile.Entry?, finished: @escaping (String?) -> Void) {
        guard let file else { return finished(nil) }
        file.make(.pause(entry)) { result in
            if case .failure(let error) = result { finished("\(error)") } else { finished(nil) }
        }
    }
}
