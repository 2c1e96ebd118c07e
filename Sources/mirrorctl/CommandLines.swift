internal import AdminSocket
internal import CLibedit
internal import Glibc
internal import Synchronization
internal import System

/// Commands that are typed at a prompt or piped in, a line of them at a time.
struct CommandLines {
    /// Lines of history that are kept.
    private static let historyLength: Int32 = 1000

    /// For each of them, unless it has its own.
    let options: ClientOptions

    /// Reads from the terminal, with history and completion (editline(3)), until the end of the input, `quit` or `exit`. Each
    /// command is a connection of its own: the daemon need not wait for somebody who thinks.
    func readTyped() {
        Terminal.print("Connected to \(options.path) on demand. 'help' lists the commands, 'quit' ends.\n")
        unsafe shim_set_completion({ word, start, _ in unsafe complete(word, start) }, " ;")
        using_history()
        stifle_history(Self.historyLength)
        if let file = Self.historyFile { unsafe read_history(file) }
        _ = unsafe rl_parse_and_bind("bind ^C em-kill-line")
        Interrupt.catch()
        while let typed = unsafe Interrupt.asKey({ unsafe readline("mirror> ") }) {
            let line = unsafe String(cString: typed)
            unsafe free(typed)
            guard line.contains(where: { !$0.isWhitespace }) else { continue }
            if !Self.hasSecret(line) { unsafe add_history(line) }
            guard answer(line, failed: { _ in }) else { break }
        }
        if let file = Self.historyFile { unsafe write_history(file) }
    }

    /// Reads what is piped in to its end, or to `quit`, and goes on behind a command that fails. Throws the first failure, which
    /// is reported by then.
    func readPiped() throws(Failure) {
        var failure: Failure?
        var isEmpty = true
        while let line = readLine() {
            // Empty lines and comments, as a state file has them.
            guard let first = line.first(where: { !$0.isWhitespace }), first != "#" else { continue }
            isEmpty = false
            guard answer(line, failed: { failure = failure ?? $0 }) else { break }
        }
        guard !isEmpty else {
            throw Failure("A command is missing, and none is piped in (see mirrorctl --help)", exitCode: 64)
        }
        if let failure { throw failure.reported }
    }

    /// Carries out the commands of `line`; false when one of them is the end.
    private func answer(_ line: String, failed: (Failure) -> Void) -> Bool {
        func fail(_ failure: Failure, _ isJSON: Bool) {
            failure.report(isJSON: isJSON)
            failed(failure)
        }
        let commands: [[String]]
        do throws(RequestLine.Refusal) {
            // That is what reading makes of bytes that are no text.
            guard !line.unicodeScalars.contains("\u{FFFD}") else { throw .notText }
            commands = try RequestLine(line.utf8).commands
        } catch {
            fail(Failure(error.description, exitCode: 64), options.isJSON)
            return true
        }
        for words in commands {
            if words == ["quit"] || words == ["exit"] { return false }
            do throws(Failure) {
                try Invocation(options: ClientOptions(words, over: options), dialect: .prompt).run()
            } catch {
                fail(error, options.isJSON || words.contains("--json"))
            }
        }
        return true
    }

    /// Names a setting whose value no file but the state file is to have.
    private static func hasSecret(_ line: String) -> Bool {
        Setting.table.contains { $0.isSecret && line.contains($0.name.rawValue) }
    }

    private static var historyFile: String? {
        Environment.value("HOME").map { "\($0)/.mirrorctl_history" }
    }
}

/// rl_attempted_completion_function of readline(3): the words that may stand here, the common beginning first, each allocated
/// with malloc; the library frees them.
private func complete(
    _ word: UnsafePointer<CChar>?, _ start: Int32
) -> UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? {
    shim_end_completion()
    guard let word = unsafe word, let buffer = unsafe shim_line_buffer() else { return nil }
    let line = unsafe String(
        decoding: UnsafeBufferPointer(start: buffer, count: Int(start)).map(UInt8.init), as: UTF8.self)
    let prefix = unsafe String(cString: word)
    let choices = [Dialect.long, .prompt].map { dialect in
        Completion.words(after: line, in: dialect).filter { $0.hasPrefix(prefix) }
    }
    guard let words = choices.first(where: { !$0.isEmpty }), let first = words.first else { return nil }
    let common = words.dropFirst().reduce(first) { $0.commonPrefix(with: $1) }
    // libedit looks at the entry behind the first word to see whether it is the only one: it has to be there.
    let list = [common] + words
    let result = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: list.count + 1)
    for (index, word) in list.enumerated() { unsafe result[index] = strdup(word) }
    unsafe result[list.count] = nil
    return unsafe result
}

extension String {
    fileprivate func commonPrefix(with other: String) -> String {
        String(zip(self, other).prefix { $0 == $1 }.map(\.0))
    }
}

/// Ctrl-C at the prompt: a key that clears the line while one is edited, and the end of the wait while an answer is waited for.
enum Interrupt {
    private static let came = Atomic<Bool>(false)

    /// From here on it does not end the client.
    static func `catch`() { _ = signal(SIGINT) { _ in Interrupt.came.store(true, ordering: .relaxed) } }

    /// Whether it was pressed since the last time.
    static func take() -> Bool { came.exchange(false, ordering: .relaxed) }

    /// Has the terminal send no signal for it while `body` reads: libedit takes one for the end of the input.
    static func asKey<Value>(_ body: () -> Value) -> Value {
        var mode = termios()
        _ = unsafe tcgetattr(STDIN_FILENO, &mode)
        let key = mode.c_cc.0
        mode.c_cc.0 = 0
        _ = unsafe tcsetattr(STDIN_FILENO, TCSADRAIN, &mode)
        defer {
            mode.c_cc.0 = key
            _ = unsafe tcsetattr(STDIN_FILENO, TCSADRAIN, &mode)
        }
        return body()
    }
}
