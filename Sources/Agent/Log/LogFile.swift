internal import Glibc
internal import Logging
internal import Synchronization
internal import System

/// Where log lines go: a file that can be reopened after logrotate has moved it, syslog, or standard output.
///
/// Any thread adds lines, and none of them ever waits for the disk or for a pipe that nobody reads: lines are kept in
/// memory, up to a bound, until the main thread writes them.
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

    /// `--logfile`, taken apart.
    struct Location: Hashable, Sendable {
        /// Absolute.
        let path: String
        let mode: Mode
    }

    private struct State: ~Copyable {
        var descriptor: Descriptor?
        var lines: [UInt8] = []
        var lostLines = 0
        /// Asks the main thread to write; nil before its loop runs, and after.
        var wake: (@Sendable () -> Void)?
    }

    /// Bytes kept for a file that cannot be written; what comes on top is lost, and counted.
    private static let mostKept = 256 << 10
    /// Bytes from which a file that is not line-buffered is written.
    private static let bufferSize = 4096

    /// What lines look like here.
    let format: LogFormat
    private let path: String?
    private let isLineBuffered: Bool
    private let syslog: SyslogSocket?
    private let state: Mutex<State>
    private let severity = Atomic<Int>(LogFile.rank(of: .info))

    /// What is less severe is not to be written. Any thread.
    var level: Logger.Level {
        get { Logger.Level.allCases[severity.load(ordering: .relaxed)] }
        set { severity.store(Self.rank(of: newValue), ordering: .relaxed) }
    }

    private static func rank(of level: Logger.Level) -> Int {
        Logger.Level.allCases.firstIndex(of: level) ?? 0
    }

    /// Opens syslog, else `file`, else standard output. Line by line, but for a file.
    ///
    /// As root for an agent that will be somebody else, `owner`: a file that is made is theirs, and no link is followed, which they
    /// could have put there.
    convenience init(
        _ file: Location?, usesSyslog: Bool = false, for owner: Identity? = nil
    ) throws(SystemError) {
        if usesSyslog {
            self.init(syslog: try SyslogSocket())
        } else if let file {
            let descriptor = try Self.open(file.path, for: owner)
            if file.mode.truncates { _ = ftruncate(descriptor.rawValue, 0) }
            self.init(.plain, path: file.path, descriptor, isLineBuffered: file.mode.isLineBuffered)
        } else {
            self.init(.of(standard: STDOUT_FILENO))
        }
    }

    /// Syslog, line by line.
    convenience init(syslog: SyslogSocket) { self.init(.syslog, syslog: syslog) }

    private init(
        _ format: LogFormat, path: String? = nil, _ file: consuming sending Descriptor? = nil,
        syslog: SyslogSocket? = nil, isLineBuffered: Bool = true
    ) {
        (self.format, self.path, self.syslog, self.isLineBuffered) = (format, path, syslog, isLineBuffered)
        state = Mutex(State(descriptor: file))
    }

    /// From now on `wake` is called when there is something to write, on any thread, and `flush` is expected in answer.
    func writeWhenAsked(_ wake: @escaping @Sendable () -> Void) { state.withLock { $0.wake = wake } }

    /// Adds one line. Any thread; never waits.
    func write(line: String) {
        state.withLock { state in
            guard state.lines.count + line.utf8.count < Self.mostKept else {
                state.lostLines += 1
                return
            }
            state.lines.append(contentsOf: line.utf8)
            state.lines.append(UInt8(ascii: "\n"))
            if isLineBuffered || state.lines.count >= Self.bufferSize { state.wake?() }
        }
    }

    /// Writes what is kept, as far as that goes without waiting; false when something is left. The main thread only.
    @discardableResult
    func flush() -> Bool {
        // The lock is not held while writing: a slow disk must not hold up who adds a line.
        let (lines, lost, descriptor) = state.withLock { state in
            defer { (state.lines, state.lostLines) = ([], 0) }
            return (state.lines, state.lostLines, state.descriptor?.rawValue ?? STDOUT_FILENO)
        }
        var rest = lines[...]
        if lost > 0 {
            let note = format.line(.warning, "\(lost) lines lost: the log could not be written")
            rest += "\(note)\n".utf8
        }
        if let syslog { Self.send(&rest, to: syslog) } else { Self.write(&rest, to: descriptor) }
        guard !rest.isEmpty else { return true }
        state.withLock { $0.lines.insert(contentsOf: rest, at: 0) }
        return false
    }

    /// Takes from `rest` what can be written without waiting.
    private static func write(_ rest: inout ArraySlice<UInt8>, to descriptor: Int32) {
        while !rest.isEmpty, Poll.wait(descriptor, POLLOUT, milliseconds: 0) {
            // A pipe that is writable takes this much without waiting (pipe(7), PIPE_BUF).
            let piece = rest.prefix(4096)
            let count = unsafe piece.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno == EBADF {
                // Standard output was closed at the start: nobody will ever read this.
                rest = []
            } else if errno != EINTR {
                break
            }
        }
    }

    /// Takes from `rest` the lines that syslog takes.
    private static func send(_ rest: inout ArraySlice<UInt8>, to syslog: SyslogSocket) {
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")), syslog.send(rest[..<end]) {
            rest = rest[(end + 1)...]
        }
    }

    /// Opens the path again, appending: what was written so far stays in the file that was moved away. On failure the
    /// old file is kept. The main thread only.
    func reopen() throws(SystemError) {
        guard let path else { return }
        let fresh = try Self.open(path)
        flush()
        let number = fresh.release()
        state.withLock { $0.descriptor = Descriptor(owning: number) }
    }

    private static func open(_ path: String, flags more: Int32 = 0) throws(SystemError) -> Descriptor {
        // Not blocking: nobody may read a pipe that stands in its place.
        let flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK | more
        let number = unsafe Glibc.open(path, flags, mode_t(0o640))
        guard number >= 0 else { throw SystemError("open log file \(path.debugDescription)") }
        return Descriptor(owning: number)
    }

    private static func open(_ path: String, for owner: Identity?) throws(SystemError) -> Descriptor {
        guard let owner else { return try open(path) }
        do throws(SystemError) {
            let file = try open(path, flags: O_EXCL)
            _ = fchown(file.rawValue, owner.uid, owner.gid)
            return file
        } catch {
            guard error.code == EEXIST else { throw error }
        }
        let file = try open(path, flags: O_NOFOLLOW)
        var status = stat()
        guard unsafe fstat(file.rawValue, &status) == 0, status.st_nlink <= 1 else {
            throw SystemError("open log file \(path.debugDescription)", code: EMLINK)
        }
        return file
    }
}
