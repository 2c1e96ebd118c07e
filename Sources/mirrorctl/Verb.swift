internal import AdminSocket
internal import ArgumentParser

/// What the verbs have in common: one command of the admin socket, its answer, an exit code.
protocol Verb: ParsableCommand {
    var options: VerbOptions { get }
}

extension Verb {
    /// Has the daemon carry out one command and prints what it answers.
    func perform(_ words: String..., extraTime: Double = 0) throws(Failure) {
        show(try ask(words, extraTime: extraTime))
    }

    /// Has the daemon show something, as text or as JSON.
    func show(_ words: String...) throws(Failure) {
        show(try ask(words + (options.wantsJSON ? ["json"] : [])))
    }

    /// The lines that the daemon answers to one command.
    func ask(_ words: [String], extraTime: Double = 0) throws(Failure) -> [String] {
        let line = words.map(RequestLine.escape).joined(separator: " ")
        return try options.client(extraTime: extraTime).lines(answering: line)
    }

    private func show(_ lines: [String]) {
        guard !options.isQuiet else { return }
        Terminal.print(lines.map { "\($0)\n" }.joined())
    }
}
