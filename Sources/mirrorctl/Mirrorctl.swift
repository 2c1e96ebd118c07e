internal import Glibc
internal import System

/// The client of the admin socket.
@main
enum Mirrorctl {
    static func main() {
        var isJSON = false
        do throws(Failure) {
            let arguments = try arguments()
            if arguments.first == "--complete" { return ShellCompletion.answer(arguments.dropFirst()) }
            // Also for what is wrong with the options themselves.
            isJSON = arguments.contains("--json")
            try run(ClientOptions(arguments))
        } catch {
            error.report(isJSON: isJSON)
            exit(error.exitCode)
        }
    }

    private static func arguments() throws(Failure) -> [String] {
        do throws(ProgramArguments.NotText) { return try ProgramArguments.all() } catch {
            throw Failure("\(error)", exitCode: 64)
        }
    }

    private static func run(_ options: ClientOptions) throws(Failure) {
        guard options.words.isEmpty, !options.isCommand else {
            return try Invocation(options: options, dialect: .shell).run()
        }
        let lines = CommandLines(options: options)
        let isTyped = isatty(STDIN_FILENO) == 1
        guard !isTyped || isatty(STDOUT_FILENO) == 1 else {
            throw Failure(
                "A command is missing; the prompt needs a terminal as standard output (see mirrorctl --help)",
                exitCode: 64)
        }
        try isTyped ? lines.readTyped() : lines.readPiped()
    }
}
