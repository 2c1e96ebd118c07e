internal import ArgumentParser
internal import Glibc
internal import System

/// The daemon from its command line to its end: options, background, service.
package enum Program {
    /// Does not come back while the agent runs. To be called first of all, on the main thread.
    package static func main() {
        do {
            let arguments = Options.separatingFlags(try ProgramArguments.all())
            if Check.isWanted(by: arguments) { exit(Check.run(arguments)) }
            let options = parse(arguments)
            if options.version { return print(Version.text) }
            CoreDumps.allow(options.service.allowCore)
            var configuration = try options.configuration()
            // Before a daemon gets another process id than they were passed to.
            if let passed = try PassedSockets.fromEnvironment() { configuration.address = passed }
            try configuration.daemonize && !ServiceManager.isListening
                ? runInBackground(configuration) : Agent(configuration).run()
        } catch {
            ExitStatus.fail(error)
        }
    }

    private static func runInBackground(_ configuration: Configuration) throws {
        let readiness = try Daemon.detach()
        let agent: Agent
        do {
            agent = try Agent(configuration)
        } catch {
            LastWords.say(error)
            let code = ExitStatus.code(for: error)
            readiness.failed(code)
            exit(code)
        }
        readiness.serving()
        agent.run()
    }

    /// Help goes to standard output; a mistake is one line on standard error and exit code 64.
    private static func parse(_ arguments: [String]) -> Options {
        do {
            return try Options.parse(arguments)
        } catch {
            guard Options.exitCode(for: error) != .success else {
                print(Options.fullMessage(for: error))
                exit(EXIT_SUCCESS)
            }
            ExitStatus.fail(UsageError("\(Options.message(for: error)) (see spoa-mirror --help)"))
        }
    }
}
