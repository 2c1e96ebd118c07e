internal import AdminSocket
internal import Glibc

/// Completion in shells: a small script, which asks `mirrorctl --complete WORDS...` what may stand for the last of the words.
enum ShellCompletion {
    /// Prints the script for `shell`.
    static func print(for shell: String) throws(Failure) {
        guard let script = scripts[shell] else {
            throw Failure(
                "The value '\(shell)' is invalid for '--generate-completion-script': bash, zsh or fish expected",
                exitCode: 64)
        }
        Terminal.print(script)
    }

    /// Prints what may stand for the last of `words`, one a line. Exit code 1 says that the shell knows better: a file.
    static func answer(_ words: ArraySlice<String>) {
        let (typed, current) = (words.dropLast(), words.last ?? "")
        func option(_ name: String) -> ClientOptions.Option? {
            ClientOptions.table.first { $0.names.contains(name) }
        }
        if let value = typed.last.flatMap(option)?.value {
            guard value == "shell" else { exit(1) }
            return Terminal.print("bash\nfish\nzsh\n")
        }
        if current.hasPrefix("-") {
            return Terminal.print(ClientOptions.table.flatMap(\.names).map { "\($0)\n" }.joined())
        }
        guard let options = try? ClientOptions(typed) else { return }
        // The line of raw is one of commands.
        let isRaw = options.words.first == "raw"
        let next = Completion.words(
            after: Array(options.words.dropFirst(isRaw ? 1 : 0)), in: isRaw ? .socket() : .shell)
        Terminal.print(next.map { "\($0)\n" }.joined())
    }

    private static let scripts = [
        "bash": """
        _mirrorctl() {
            local IFS=$'\\n' word=${COMP_WORDS[COMP_CWORD]} list
            if list=$("$1" --complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null); then
                COMPREPLY=($(compgen -W "$list" -- "$word"))
            else
                compopt -o filenames
                COMPREPLY=($(compgen -f -- "$word"))
            fi
        }
        complete -F _mirrorctl mirrorctl

        """,
        "zsh": """
        #compdef mirrorctl
        _mirrorctl() {
            local list
            if list=$("${words[1]}" --complete "${(@)words[2,CURRENT]}" 2>/dev/null); then
                compadd -- ${(f)list}
            else
                _files
            fi
        }
        if [[ $funcstack[1] == _mirrorctl ]]; then _mirrorctl "$@"; else compdef _mirrorctl mirrorctl; fi

        """,
        "fish": """
        function __mirrorctl_complete
            set -l words (commandline -opc)
            if set -l list ($words[1] --complete $words[2..] (commandline -ct) 2>/dev/null)
                string join \\n -- $list
            else
                __fish_complete_path (commandline -ct)
            end
        end
        complete -c mirrorctl -f -a '(__mirrorctl_complete)'

        """,
    ]
}
