internal import AdminSocket
internal import ArgumentParser
internal import Glibc

/// What the verbs have in common: one command of the admin socket, its answer, an exit code.
protocol Verb: ParsableCommand {
    var parent: Mirrorctl { get }
    var connection: ConnectionOptions { get }
}

extension Verb {
    var wantsJSON: Bool { connection.json || parent.connection.json }
    var isQuiet: Bool { connection.quiet || parent.connection.quiet }

    /// Has the daemon carry out one command and prints what it answers.
    func perform(_ words: String..., extraTime: Double = 0) throws {
        try show(try ask(words, extraTime: extraTime))
    }

    /// Has the daemon show something, as text or as JSON.
    func show(_ words: String...) throws { try show(try ask(words + (wantsJSON ? ["json"] : []))) }

    /// The lines that the daemon answers to one command. Ends the program when there are none to be had.
    func ask(_ words: [String], extraTime: Double = 0) throws -> [String] {
        let line = words.map(RequestLine.escape).joined(separator: " ")
        do throws(Client.Failure) {
            return try connection.client(or: parent.connection, extraTime: extraTime).lines(answering: line)
        } catch {
            throw Terminal.end(error)
        }
    }

    private func show(_ lines: [String]) throws {
        guard !isQuiet else { return }
        Terminal.print(lines.map { "\($0)\n" }.joined())
    }
}
