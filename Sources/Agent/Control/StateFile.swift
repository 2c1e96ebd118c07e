internal import AdminSocket
internal import Glibc
internal import System

/// What was changed at run time, kept over a restart: lines of admin commands, so that an operator can read them. On the main
/// thread.
final class StateFile {
    /// Bytes a state file may have; a longer one is not ours.
    private static let longest = 64 << 10
    /// How a state file begins.
    private static let mark = "# spoa-mirror state"
    static let header =
        "\(mark) 1: settings changed at run time, written by 'save state', 'pause', 'resume' and 'reset'"

    let path: String
    /// What it held when it was read or written last.
    private(set) var held = Held()
    /// When somebody had last written it when it was read, in seconds since 1970; nil when it was not there.
    private var writtenAt: Int?

    /// Who writes it while the agent runs; nil before.
    private(set) var writer: StateWriter?

    init(path: String) { self.path = path }

    /// What the file says, each thing with the number of its line; a file that is not there says nothing.
    func load() throws -> [(line: Int, entry: Entry)] {
        let found = try Self.read(path)
        writtenAt = found?.writtenAt
        let entries = try Self.parse(found?.bytes ?? [], path: path)
        held = Held(entries.map(\.entry))
        return entries
    }

    /// Changes are made on a thread of their own from now on.
    func startWriter(loop: EventLoop) {
        writer = StateWriter(loop: loop) { [path] in try $0.apply(to: path) }
    }

    /// Seconds of a pause that are left at `now`, both in seconds since 1970. It is never longer than it was when it was written:
    /// `now` may be by a clock that nobody has set yet.
    func rest(ofPauseUntil end: Int, at now: Int) -> Int {
        // A file that was written behind its end was copied, or touched.
        let begin = writtenAt.flatMap { $0 < end ? $0 : nil } ?? now
        return end - max(now, begin)
    }

    /// Has `change` made: at once, or by the `writer` if there is one. What it holds is known when `finished` is called.
    func make(_ change: StateChange, finished: @escaping (Result<Bool, any Error>) -> Void) {
        let noted: StateWriter.Finish = { [self] result in
            if case .success(let outcome) = result { held = outcome.held }
            finished(result.map(\.isWritten))
        }
        guard let writer else { return noted(Result { try change.apply(to: path) }) }
        writer.write(change, finished: noted)
    }

    /// Cuts `text` into entries, each with the number of its line. Throws `StateFileError`, which shows a line only of a file that
    /// begins as a state file does: any other may be somebody's secret, named by mistake.
    static func parse(_ text: [UInt8], path: String) throws(StateFileError) -> [(line: Int, entry: Entry)] {
        var entries: [(line: Int, entry: Entry)] = []
        let isOurs = text.starts(with: mark.utf8)
        for (index, line) in text.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            // Somebody's editor may have ended it with CR LF.
            let line = line.last == 0x0D ? line.dropLast() : line
            guard let first = line.first, first != UInt8(ascii: "#") else { continue }
            func fail(_ reason: String) -> StateFileError {
                StateFileError(path: path, line: index + 1, reason: reason)
            }
            let commands: [[String]]
            do throws(RequestLine.Refusal) { commands = try RequestLine(line).commands } catch {
                throw fail(error.description)
            }
            for words in commands {
                guard let entry = Entry(words) else {
                    if isOurs, words.count == 3, words[0] == "set" {
                        throw fail(Dialect.socket().unknown(setting: words[1]))
                    }
                    let accepted =
                        "'set <setting> <value>', 'add destination <name> <url>', 'pause', 'pause until <seconds since 1970>' or 'resume' expected"
                    throw fail(isOurs ? "'\(Self.shown(words))' (\(accepted))" : accepted)
                }
                entries.append((index + 1, entry))
            }
        }
        return entries
    }

    /// A line that cannot be understood, for the log, without a value of a setting that is a secret, or may be meant for one.
    private static func shown(_ words: [String]) -> String {
        if words.count > 3, words[0] == "set", SettingName(rawValue: words[1]) == nil {
            return "set \(words[1]) ..."
        }
        let secrets = Setting.table.filter(\.isSecret).map(\.name.rawValue)
        guard let index = words.firstIndex(where: secrets.contains) else {
            return words.joined(separator: " ")
        }
        return words[...index].joined(separator: " ") + " ..."
    }

    // MARK: the file

    static func write(_ lines: [[UInt8]], to path: String) throws(SystemError) {
        try FileReplacement.write(
            String(decoding: lines.flatMap { $0 + [0x0A] }, as: UTF8.self), to: path, mode: 0o640,
            keeps: true, isDurable: true, action: "write state file \(path.debugDescription)")
    }

    /// The bytes of the file, and when somebody wrote it, in seconds since 1970; nil when it is not there.
    static func read(_ path: String) throws -> (bytes: [UInt8], writtenAt: Int)? {
        // Not blocking: a pipe would hold up the start until somebody writes into it.
        let number = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard number >= 0 else {
            if errno == ENOENT { return nil }
            throw SystemError("read state file \(path.debugDescription)")
        }
        let file = Descriptor(owning: number)
        var status = stat()
        guard unsafe fstat(number, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw StateFileError(path: path, line: 0, reason: "it is not a regular file")
        }
        var bytes = [UInt8](repeating: 0, count: longest + 1)
        var count = 0
        while count < bytes.count {
            let got = unsafe bytes.withUnsafeMutableBytes {
                unsafe Glibc.read(file.rawValue, $0.baseAddress.map { unsafe $0 + count }, $0.count - count)
            }
            guard got >= 0 else { throw SystemError("read state file \(path.debugDescription)") }
            if got == 0 { return (Array(bytes.prefix(count)), status.st_mtim.tv_sec) }
            count += got
        }
        throw StateFileError(path: path, line: 0, reason: "it is longer than \(longest) bytes")
    }
}

/// A state file that cannot be understood: the agent does not start with half of what it should do.
struct StateFileError: Error, CustomStringConvertible {
    let path: String
    /// From 1; 0 when it is about the whole file.
    let line: Int
    let reason: String

    var description: String {
        "state file \(path.debugDescription)\(line > 0 ? ", line \(line)" : ""): \(reason)"
    }
}
