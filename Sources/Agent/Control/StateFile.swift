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
    private static let header =
        "\(mark) 1: settings changed at run time, written by 'save state', 'pause', 'resume' and 'reset'"

    let path: String
    /// What it held when it was read or written last.
    private(set) var held = Held()

    init(path: String) { self.path = path }

    /// One thing that a state file says.
    enum Entry: Equatable {
        case set(SettingName, String)
        case pause
        /// Seconds since 1970.
        case pauseUntil(Int)
        case resume

        var isSetting: Bool { if case .set = self { true } else { false } }
    }

    /// What a state file says as a whole.
    struct Held: Equatable {
        /// Values as they are written.
        var settings: [SettingName: String] = [:]
        /// `pause` or `pauseUntil`.
        var pause: Entry?
    }

    /// What the file says, each thing with the number of its line; a file that is not there says nothing.
    func load() throws -> [(line: Int, entry: Entry)] {
        let entries = try Self.parse(try read() ?? [], path: path)
        held = Held(entries.map(\.entry))
        return entries
    }

    /// Writes what it is to hold. The file is there as a whole or not at all.
    func replace(with new: Held) throws(SystemError) {
        let settings = SettingName.allCases.compactMap { name in
            new.settings[name].map { Entry.set(name, $0) }
        }
        let entries = settings + [new.pause].compactMap(\.self)
        try write([Array(Self.header.utf8)] + entries.map { Array($0.line.utf8) })
        held = new
    }

    /// Takes things out of the file, as it is now, and puts one in; everything else in it stays, also what somebody else has
    /// written there. False when there is nothing to write.
    func edit(without isRemoved: (Entry) -> Bool, adding added: Entry? = nil) throws -> Bool {
        let old = try read() ?? []
        let entries = try Self.parse(old, path: path)
        held = Held(entries.map(\.entry))
        var lines = old.split(separator: 0x0A, omittingEmptySubsequences: false).map { Array($0) }
        if lines.last?.isEmpty == true { lines.removeLast() }
        let byLine = Dictionary(grouping: entries, by: \.line)
        var changed = lines.enumerated().compactMap { index, line -> [UInt8]? in
            let found = byLine[index + 1] ?? []
            let kept = found.filter { !isRemoved($0.entry) }
            guard kept.count < found.count else { return line }
            return kept.isEmpty ? nil : Array(kept.map(\.entry.line).joined(separator: "; ").utf8)
        }
        if let added {
            if changed.isEmpty { changed.append(Array(Self.header.utf8)) }
            changed.append(Array(added.line.utf8))
        }
        guard changed != lines else { return false }
        try write(changed)
        held = Held(entries.map(\.entry).filter { !isRemoved($0) } + [added].compactMap(\.self))
        return true
    }

    /// Cuts `text` into entries, each with the number of its line. Throws `StateFileError`, which shows a line only of a file that
    /// begins as a state file does: any other may be somebody's secret, named by mistake.
    static func parse(_ text: [UInt8], path: String) throws(StateFileError) -> [(line: Int, entry: Entry)] {
        var entries: [(line: Int, entry: Entry)] = []
        let isOurs = text.starts(with: mark.utf8)
        for (index, line) in text.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
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
                        "'set <setting> <value>', 'pause', 'pause until <seconds since 1970>' or 'resume' expected"
                    throw fail(isOurs ? "'\(Self.shown(words))' (\(accepted))" : accepted)
                }
                entries.append((index + 1, entry))
            }
        }
        return entries
    }

    /// A line that cannot be understood, for the log.
    private static func shown(_ words: [String]) -> String {
        let secrets = Setting.table.filter(\.isSecret).map(\.name.rawValue)
        guard let index = words.firstIndex(where: secrets.contains) else {
            return words.joined(separator: " ")
        }
        return words[...index].joined(separator: " ") + " ..."
    }

    // MARK: the file

    private func write(_ lines: [[UInt8]]) throws(SystemError) {
        try FileReplacement.write(
            String(decoding: lines.flatMap { $0 + [0x0A] }, as: UTF8.self), to: path, mode: 0o640,
            isDurable: true, action: "write state file \(path.debugDescription)")
    }

    private func read() throws -> [UInt8]? {
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
        var bytes = [UInt8](repeating: 0, count: Self.longest + 1)
        var count = 0
        while count < bytes.count {
            let got = unsafe bytes.withUnsafeMutableBytes {
                unsafe Glibc.read(file.rawValue, $0.baseAddress.map { unsafe $0 + count }, $0.count - count)
            }
            guard got >= 0 else { throw SystemError("read state file \(path.debugDescription)") }
            if got == 0 { return Array(bytes.prefix(count)) }
            count += got
        }
        throw StateFileError(path: path, line: 0, reason: "it is longer than \(Self.longest) bytes")
    }
}

extension StateFile.Entry {
    /// The end of the year 9999, in seconds since 1970: times are added to, and may not overflow.
    private static var latest: Int { 253_402_300_799 }

    /// How a state file says it.
    var line: String {
        switch self {
        case .set(let name, let value): "set \(name.rawValue) \(RequestLine.escape(value))"
        case .pause: "pause"
        case .pauseUntil(let end): "pause until \(end)"
        case .resume: "resume"
        }
    }

    fileprivate init?(_ words: [String]) {
        switch (words.first, words.count) {
        case ("set", 3):
            guard let name = SettingName(rawValue: words[1]) else { return nil }
            self = .set(name, words[2])
        case ("pause", 1): self = .pause
        case ("pause", 3):
            guard words[1] == "until", let end = Int(words[2]), 0...Self.latest ~= end else { return nil }
            self = .pauseUntil(end)
        case ("resume", 1): self = .resume
        default: return nil
        }
    }
}

extension StateFile.Held {
    /// Of things that say the same, the last one counts.
    fileprivate init(_ entries: [StateFile.Entry]) {
        for entry in entries {
            switch entry {
            case .set(let name, let value): settings[name] = value
            case .pause, .pauseUntil: pause = entry
            case .resume: pause = nil
            }
        }
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
