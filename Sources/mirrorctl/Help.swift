internal import AdminSocket

/// What `mirrorctl --help` shows.
enum Help {
    static let page =
        """
        Usage: mirrorctl [<options>] [<command>]

        Shows and steers a running spoa-mirror over its admin socket. Without a command,
        commands are read from the terminal, or from what is piped in.

        Commands:
        \(list(Dialect.shell.rows.map { ($0.usage, $0.help) }))

        Options, before the command or behind it:
        \(list(ClientOptions.table.map { ($0.usage, $0.help) }))

        Exit codes: 0 done; 1 refused by the daemon; 3 not running or not reachable;
        64 usage; 73, 74 output not written; 75 timed out; 77 permission denied.
        """.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)

    /// Terms and what they mean, in two columns of 80; the second starts on a line of its own where the first is too wide.
    private static func list(_ rows: [(String, String)]) -> String {
        let indent = String(repeating: " ", count: 28)
        return rows.map { term, text in
            var lines =
                term.count <= 24 ? ["  \(term)" + indent.dropFirst(term.count + 2)] : ["  \(term)", indent]
            for word in text.split(separator: " ") {
                let isNew = lines[lines.count - 1].last == " "
                if !isNew, lines[lines.count - 1].count + word.count + 1 > 80 { lines.append(indent) }
                lines[lines.count - 1] += (lines[lines.count - 1].last == " " ? "" : " ") + word
            }
            return lines.joined(separator: "\n")
        }.joined(separator: "\n")
    }
}
