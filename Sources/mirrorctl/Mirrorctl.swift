internal import ArgumentParser
internal import Glibc

/// The client of the admin socket.
@main
struct Mirrorctl: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mirrorctl",
        abstract: "Talks to a running spoa-mirror over its admin socket.",
        discussion:
            "Exit codes: 0 done; 3 not reachable; 64 usage; 75 timed out; 77 permission denied.",
        subcommands: [Raw.self])

    /// Options of every verb.
    struct Connection: ParsableArguments {
        @Option(
            name: .shortAndLong,
            help: "The admin socket. (default: $MIRRORCTL_SOCKET, or /run/spoa-mirror/admin.sock)")
        var socket: String?

        @Option(name: .shortAndLong, help: "Seconds to wait for the answer.")
        var timeout: Double = 5

        func validate() throws {
            guard timeout > 0, timeout <= 3600 else {
                throw ValidationError("--timeout is more than 0 and at most 3600 seconds.")
            }
        }

        var path: String {
            if let socket { return socket }
            guard let fromEnvironment = unsafe getenv("MIRRORCTL_SOCKET") else {
                return "/run/spoa-mirror/admin.sock"
            }
            return unsafe String(cString: fromEnvironment)
        }
    }
}

/// `mirrorctl raw 'show info; show stat'`.
struct Raw: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Send one line as it is and print the answer.")

    @OptionGroup var connection: Mirrorctl.Connection

    @Argument(help: "The line: commands separated by ';'.")
    var line: String

    func run() throws {
        do throws(Client.Failure) {
            let answer = try Client(path: connection.path, timeout: connection.timeout).ask(line)
            print(answer, terminator: "")
        } catch {
            let text = "mirrorctl: \(error)\n"
            _ = unsafe write(STDERR_FILENO, text, text.utf8.count)
            throw ExitCode(error.exitCode)
        }
    }
}
