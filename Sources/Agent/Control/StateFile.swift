internal import AdminSocket
internal import Glibc
internal import System

/// The settings changed at run time, kept over a restart: lines of admin commands, so that an operator can read them.
struct StateFile {
    /// Bytes a state file may have; a longer one is not ours.
    private static let longest = 64 << 10
    /// How a state file begins.
    private static let mark = "# spoa-mirror state"
    private static let header = "\(mark) 1: settings changed at run time, written by 'save state'"

    let path: String

    /// One thing that a state file says.
    enum Entry: Equatable {
        case set(SettingName, String)
        case pause
        /// Seconds since 1970.
        case pauseUntil(Int)
        case resume
    }

    /// Puts what the file says into force; a file that is not there says nothing. Returns how many lines it had.
    func load(into controller: SettingsController) throws -> Int {
        guard let text = try read() else { return 0 }
        let entries = try Self.parse(text, path: path)
        for (line, entry) in entries {
            switch entry {
            case .set(let name, let value):
                do throws(InvalidValue) { _ = try controller.set(name, to: value, origin: .stateFile) } catch
                {
                    throw StateFileError(path: path, line: line, reason: error.sentence)
                }
            case .pause: controller.pause(for: nil, origin: .stateFile)
            case .resume, .pauseUntil:
                // Who starts it paused wants to be safe: no file lets it send.
                guard controller.pauseOrigin != .option else { continue }
                if case .pauseUntil(let end) = entry, end > time(nil) {
                    controller.pause(for: .seconds(end - time(nil)), origin: .stateFile)
                } else {
                    controller.resume(origin: .stateFile)
                }
            }
        }
        return entries.count
    }

    /// Throws what is wrong with the file, if anything is; changes nothing.
    func check(_ configuration: Configuration) throws {
        _ = try load(into: SettingsController(configuration, loop: EventLoop(backend: nil), expired: {}))
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
                    throw fail(isOurs ? "'\(words.joined(separator: " "))' (\(accepted))" : accepted)
                }
                entries.append((index + 1, entry))
            }
        }
        return entries
    }

    /// Writes what was changed at run time, now or before the last start. The file is there as a whole or not at all;
    /// returns how many settings it holds.
    func save(_ controller: SettingsController) throws(SystemError) -> Int {
        var lines = SettingName.allCases.compactMap { name -> String? in
            guard controller.origins[name]?.isSaved == true else { return nil }
            let value = controller.settings.text(of: name)
            return "set \(name.rawValue) \(RequestLine.escape(value))"
        }
        if controller.pauseOrigin.isSaved {
            let pause = controller.pausedUntil.map { "pause until \($0)" } ?? "pause"
            lines.append(controller.settings.destination.isPaused ? pause : "resume")
        }
        try FileReplacement.write(
            ([Self.header] + lines).map { "\($0)\n" }.joined(), to: path, mode: 0o640, isDurable: true,
            action: "write state file \(path.debugDescription)")
        return lines.count
    }

    // MARK: the file

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

extension SettingsController.Origin {
    fileprivate var isSaved: Bool { self == .runtime || self == .stateFile }
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
