internal import Glibc
internal import Synchronization

/// Where log lines go: a file that can be reopened after logrotate has moved it, or standard output.
final class LogFile: Sendable {
    /// How the file is opened and written.
    enum Mode: String, CaseIterable, Sendable {
        /// Append.
        case append = "a"
        /// Append, each line written at once.
        case appendLines = "A"
        /// Start empty.
        case truncate = "w"
        /// Start empty, each line written at once.
        case truncateLines = "W"

        var isLineBuffered: Bool { self == .appendLines || self == .truncateLines }
        var truncates: Bool { self == .truncate || self == .truncateLines }
    }

    private struct State: ~Copyable {
        var descriptor: Descriptor?
        var buffer: [UInt8] = []
    }

    private static let bufferSize = 4096
    private let path: String?
    private let isLineBuffered: Bool
    private let state: Mutex<State>

    /// Standard output, line by line.
    init() {
        path = nil
        isLineBuffered = true
        state = Mutex(State(descriptor: nil))
    }

    /// Opens, and creates if need be, the file at an absolute `path`.
    init(path: String, mode: Mode) throws(SystemError) {
        self.path = path
        isLineBuffered = mode.isLineBuffered
        state = Mutex(State(descriptor: try Self.open(path, truncating: mode.truncates)))
    }

    /// Adds one line. Errors of the disk are not reported anywhere: there is no better place than the log.
    func write(line: String) {
        state.withLock { state in
            state.buffer.append(contentsOf: line.utf8)
            state.buffer.append(UInt8(ascii: "\n"))
            if isLineBuffered || state.buffer.count >= Self.bufferSize { Self.flush(&state) }
        }
    }

    /// Writes out what is buffered.
    func flush() { state.withLock { Self.flush(&$0) } }

    /// Opens the path anew, appending: what was written so far stays in the file that was moved away. On failure the
    /// old file is kept.
    func reopen() throws(SystemError) {
        guard let path else { return }
        let fresh = try Self.open(path, truncating: false)
        let number = fresh.release()
        state.withLock { state in
            Self.flush(&state)
            state.descriptor = Descriptor(owning: number)
        }
    }

    private static func flush(_ state: inout State) {
        var written = 0
        let descriptor = state.descriptor?.rawValue ?? STDOUT_FILENO
        while written < state.buffer.count {
            let count = unsafe state.buffer.withUnsafeBytes { bytes in
                unsafe Glibc.write(
                    descriptor, bytes.baseAddress.map { unsafe $0 + written }, bytes.count - written)
            }
            if count > 0 { written += count } else if errno != EINTR { break }
        }
        state.buffer.removeAll(keepingCapacity: true)
    }

    private static func open(_ path: String, truncating: Bool) throws(SystemError) -> Descriptor {
        let flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | (truncating ? O_TRUNC : 0)
        let number = unsafe Glibc.open(path, flags, mode_t(0o640))
        guard number >= 0 else { throw SystemError("open log file \(path.debugDescription)") }
        return Descriptor(owning: number)
    }
}
