internal import System

/// Pausing and resuming as operators do it: kept over a restart by itself, at once, and nothing else with it. Where that fails,
/// the answer says so. On the main thread, which waits for the disk.
extension SettingsController {
    /// Pauses until `resume`, or for at least a second; also when the file cannot be written. Returns `Mirroring paused for 10m.`
    func brake(for duration: Duration?) -> String {
        // In force before a disk, which may be slow, is waited for.
        pause(for: duration)
        let text = "Mirroring paused" + (duration.map { " for \(TimeValue.format($0))" } ?? "")
        guard file != nil || startsPaused else {
            return "\(text)\(duration == nil ? "" : ", or") until the agent restarts."
        }
        let failure = keepPause(pauseEntry)
        // A start that is paused anyway lifts none.
        guard let failure, !startsPaused else { return "\(text)." }
        return "\(text). But a restart lifts it: \(failure.asSentence)"
    }

    /// Ends a pause. Returns `Mirroring resumed.`
    func release() -> String {
        resume()
        let failure = forgetPause()
        guard !startsPaused else { return "Mirroring resumed until the agent restarts (--paused)." }
        return "Mirroring resumed."
            + (failure.map { " But a restart may pause it again: \($0.asSentence)" } ?? "")
    }

    /// Takes the pause out of the state file. Returns why that failed, if it did.
    func forgetPause() -> String? { keepPause(nil) }

    private func keepPause(_ entry: StateFile.Entry?) -> String? {
        do { _ = try file?.edit(without: { !$0.isSetting }, adding: entry) } catch { return "\(error)" }
        return nil
    }
}
