import Foundation
import Testing

extension EndToEnd {
    /// Others may write in the directory, and operators may name the wrong file.
    @Suite("Command line: the pid file")
    struct PIDFileTests {
        private let directory: TemporaryDirectory
        private var file: String { directory.file("agent.pid") }

        init() throws { directory = try TemporaryDirectory() }

        private func expectRefused(_ reason: String) throws {
            let run = try CommandLineRun(
                Endpoint.loopback(try Ports.free()).agentArguments + ["-F", file, "-r", "2m"])
            #expect(run.exit == .status(73), "\(run.exit) \(run.errors)")
            #expect(run.errors == "spoa-mirror: cannot write pid file \"\(file)\": \(reason)\n")
        }

        @Test("a link is not followed, whatever is behind it", arguments: ["precious", "missing"])
        func symbolicLink(target: String) throws {
            let precious = try directory.write("precious", to: "precious")
            try FileManager.default.createSymbolicLink(
                atPath: file, withDestinationPath: directory.file(target))
            try expectRefused("it is a symbolic link")
            #expect(contents(of: precious) == "precious")
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: file) == directory.file(target))
            #expect(!FileManager.default.fileExists(atPath: directory.file("missing")))
        }

        @Test("a hard link is another file's name", arguments: ["precious", "", "123\n"])
        func hardLink(text: String) throws {
            let precious = try directory.write(text, to: "precious")
            try FileManager.default.linkItem(atPath: precious, toPath: file)
            try expectRefused("it has a second name, a hard link")
            #expect(contents(of: precious) == text && FileManager.default.fileExists(atPath: precious))
        }

        @Test(
            "a file that is none is left as it is",
            arguments: ["listen 80;\n", "12 monkeys\n", String(repeating: "1", count: 40), "\u{0}"])
        func otherFile(text: String) throws {
            _ = try directory.write(text, to: "agent.pid")
            try expectRefused("its content is no process id")
            #expect(contents(of: file) == text)
        }

        @Test("neither is a pipe or a device")
        func noFile() throws {
            #expect(mkfifo(file, 0o600) == 0)
            try expectRefused("it is not a regular file")
            #expect(unlink(file) == 0)
            try FileManager.default.createDirectory(atPath: file, withIntermediateDirectories: false)
            try expectRefused("Is a directory")
        }

        @Test(
            "nor one of another user, who could write another number into it",
            .enabled(if: skipsNothing || getuid() == 0, "SKIPPED: only root can give a file away"))
        func strangersFile() throws {
            _ = try directory.write("1\n", to: "agent.pid")
            #expect(chown(file, 65534, 65534) == 0)
            try expectRefused("it belongs to another user")
            #expect(contents(of: file) == "1\n")
        }

        @Test(
            "one that a dead process left, or an empty one, is replaced", arguments: ["4194304\n", "7", ""])
        func stale(text: String) throws {
            _ = try directory.write(text, to: "agent.pid")
            let agent = try AgentProcess(.loopback(try Ports.free()), ["-F", file], in: directory)
            // It listens before it writes.
            try eventually("the id is there") { contents(of: file) == "\(agent.pid)\n" }
            try expectRefused("a running process holds it")
            #expect(contents(of: file) == "\(agent.pid)\n")
            #expect(try agent.terminate() == .status(0))
            #expect(!FileManager.default.fileExists(atPath: file))
        }

        @Test("what somebody has put in its place is not removed")
        func replaced() throws {
            let agent = try AgentProcess(.loopback(try Ports.free()), ["-F", file], in: directory)
            #expect(unlink(file) == 0)
            _ = try directory.write("another's", to: "agent.pid")
            #expect(try agent.terminate() == .status(0))
            #expect(contents(of: file) == "another's")
        }
    }
}
