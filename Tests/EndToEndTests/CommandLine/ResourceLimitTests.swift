import Foundation
import Testing

extension EndToEnd {
    /// What the kernel does not let the process have: one line and 71 (EX_OSERR), not a signal from inside a library.
    @Suite("Command line: limits of the process")
    struct ResourceLimitTests {
        private func run(_ limit: String, _ arguments: String...) throws -> CommandLineRun {
            try CommandLineRun(
                Endpoint.loopback(try Ports.free()).agentArguments + arguments + ["-r", "100ms"],
                launcher: [try Executables.find("prlimit"), limit])
        }

        @Test("too few descriptors for the workers", arguments: [[], ["-D"]])
        func manyWorkers(mode: [String]) throws {
            let run = try CommandLineRun(
                Endpoint.loopback(try Ports.free()).agentArguments + ["-n", "16", "-r", "100ms"] + mode,
                launcher: [try Executables.find("prlimit"), "--nofile=64:64"])
            #expect(run.exit == .status(71))
            #expect(run.errorLines.count == 1 && run.errors.contains("RLIMIT_NOFILE"), "\(run.errors)")
        }

        @Test("however few there are, it says so or serves", arguments: [8, 10, 12, 16, 20, 24, 28, 32, 40])
        func fewDescriptors(count: Int) throws {
            try expectOneLineOrService(try run("--nofile=\(count):\(count)", "-n", "2"))
        }

        @Test("an event mechanism that has no descriptor is not called a mistake in the options")
        func backend() throws {
            let run = try run("--nofile=5:5", "-B", "epoll")
            // The loader needs some itself.
            #expect(run.exit == .status(71) || run.exit == .status(127), "\(run.errors)")
        }

        @Test("too little memory", .disabled(if: isSanitized, "SKIPPED: a sanitizer needs far more"))
        func memory() throws {
            for size in [5, 16, 20, 24, 28, 32, 40] {
                try expectOneLineOrService(try run("--data=\(size << 20)", "-n", "2"))
            }
            // With the least of them the loader gives up, with its own code, or has just enough.
            for size in stride(from: 30, through: 66, by: 4) {
                let run = try run("--as=\(size << 20)", "-n", "2")
                if run.exit != .status(127) { try expectOneLineOrService(run) }
            }
            for size in [100, 200, 300, 500] {
                try expectOneLineOrService(try run("--as=\(size << 20)", "-n", "16"))
            }
            #expect(try run("--data=\(16 << 20)", "-n", "2").exit == .status(71))
        }

        @Test(
            "no threads to be had",
            .enabled(
                if: skipsNothing || getuid() == 0, "SKIPPED: needs root, and root itself has no such limit"),
            arguments: [[], ["-D"]])
        func threads(mode: [String]) throws {
            let directory = try TemporaryDirectory()
            let nobody = try Surroundings.nobody(running: try Executables.agent(), in: directory)
            let run = try CommandLineRun(
                Endpoint.loopback(try Ports.free()).agentArguments + ["-n", "4", "-r", "100ms"] + mode,
                launcher: [try Executables.find("prlimit"), "--nproc=1"] + nobody)
            #expect(run.exit == .status(71))
            #expect(run.errorLines.count == 1, "\(run.errors)")
        }

        private func expectOneLineOrService(_ run: CommandLineRun) throws {
            if run.exit == .status(0) { return }
            #expect(run.exit == .status(71), "\(run.exit) \(run.errors)")
            #expect(run.errorLines.count == 1, "\(run.errors)")
        }
    }
}
