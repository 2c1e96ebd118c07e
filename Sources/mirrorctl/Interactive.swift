internal import AdminSocket
internal import CLibedit
internal import Glibc
internal import System

/// Commands of the admin socket from a terminal, with history and completion (editline(3)).
struct Interactive {
    /// Lines of history that are kept.
    private static let historyLength: Int32 = 1000

    let client: Client

    /// Reads until the end of the input, `quit` or `exit`. Each line is a connection of its own: the daemon need not wait for
    /// somebody who thinks.
    func run() {
        Terminal.print("Connected to \(client.path) on demand. 'help' lists the commands, 'quit' ends.\n")
        unsafe shim_set_completion({ word, start, _ in unsafe complete(word, start) }, " ;")
        using_history()
        stifle_history(Self.historyLength)
        if let file = Self.historyFile { unsafe read_history(file) }
        while let typed = unsafe readline("mirror> ") {
            let line = unsafe String(cString: typed)
            unsafe free(typed)
            guard line.contains(where: { !$0.isWhitespace }) else { continue }
            unsafe add_history(line)
            if ["quit", "exit"].contains(line.filter { !$0.isWhitespace }) { break }
            answer(line)
        }
        if let file = Self.historyFile { unsafe write_history(file) }
    }

    private func answer(_ line: String) {
        do throws(Failure) {
            for reply in try client.ask(line) {
                switch reply {
                case .data(let lines): Terminal.print(lines.map { "\($0)\n" }.joined())
                case .message(let text): Terminal.print("\(text)\n")
                case .error(let text): Terminal.complain(text)
                }
            }
        } catch {
            Terminal.complain("\(error)")
        }
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
    let words = Completion.words(after: line).filter { $0.hasPrefix(prefix) }
    guard let first = words.first else { return nil }
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
