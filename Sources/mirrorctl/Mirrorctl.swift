internal import AdminSocket
internal import ArgumentParser
internal import Glibc
internal import System

/// The client of the admin socket.
@main
struct Mirrorctl: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mirrorctl",
        abstract: "Shows and steers a running spoa-mirror over its admin socket.",
        discussion: """
            Without a verb, on a terminal, commands are read from it. The commands of the admin socket itself are told by \
            'mirrorctl raw help'.

            Exit codes: 0 done; 1 refused by the daemon; 3 not running or not reachable; 64 usage; 73, 74 output not written; 75 timed out; \
            77 permission denied.
            """,
        version: "mirrorctl \(Release.number)",
        subcommands: [
            Status.self, SetURL.self, SetSampleRate.self, Pause.self, Resume.self, SetSetting.self,
            Settings.self,
            Stats.self, Metrics.self, Errors.self, Connections.self, WaitDrained.self, Save.self,
            ClearCounters.self, Raw.self,
        ])

    @OptionGroup var connection: ConnectionOptions

    /// A mistake is one line on standard error, without the usage behind it.
    static func main() {
        do {
            var command = try parseAsRoot(ProgramArguments.all())
            try command.run()
        } catch let failure as Failure {
            Terminal.complain("\(failure)")
            Glibc.exit(failure.exitCode)
        } catch let error as ProgramArguments.NotText {
            Terminal.complain("\(error)")
            Glibc.exit(ExitCode.validationFailure.rawValue)
        } catch {
            let code = exitCode(for: error)
            // An exit code that is thrown has had its say.
            guard code == .validationFailure, !(error is ExitCode) else { exit(withError: error) }
            Terminal.complain("\(message(for: error)) (see mirrorctl --help)")
            Glibc.exit(code.rawValue)
        }
    }

    func run() throws {
        guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1 else {
            throw ValidationError("A verb is missing; without one, commands are read from a terminal only.")
        }
        Interactive(client: connection.client(or: connection)).run()
    }
}

/// What every verb is called with.
struct VerbOptions: ParsableArguments {
    @ParentCommand var parent: Mirrorctl
    @OptionGroup var connection: ConnectionOptions

    var wantsJSON: Bool { connection.json || parent.connection.json }
    var isQuiet: Bool { connection.quiet || parent.connection.quiet }
    /// In seconds.
    var timeout: Double { connection.timeout(or: parent.connection) }

    /// What carries the verb out; `extraTime` in seconds.
    func client(extraTime: Double = 0) -> Client {
        connection.client(or: parent.connection, extraTime: extraTime)
    }
}

/// Options that stand before a verb or behind it.
struct ConnectionOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "The admin socket. (default: $MIRRORCTL_SOCKET, or /run/spoa-mirror/admin.sock)",
            valueName: "path"),
        completion: .file())
    var socket: String?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Time to wait for the answer. (default: 5)", valueName: "seconds"))
    var timeout: Double?

    @Flag(help: "Print JSON, where there is some.")
    var json = false

    @Flag(name: .shortAndLong, help: "Print nothing but errors.")
    var quiet = false

    func validate() throws {
        guard let timeout else { return }
        guard timeout > 0, timeout <= 86400 else {
            throw ValidationError("--timeout is more than 0 and at most 86400 seconds.")
        }
    }

    /// The client that these options ask for, where `parent` has those that stand before the verb.
    func client(or parent: ConnectionOptions, extraTime: Double = 0) -> Client {
        Client(
            path: socket ?? parent.socket ?? Environment.value("MIRRORCTL_SOCKET")
                ?? "/run/spoa-mirror/admin.sock",
            timeout: timeout(or: parent) + extraTime)
    }

    func timeout(or parent: ConnectionOptions) -> Double { timeout ?? parent.timeout ?? 5 }
}
