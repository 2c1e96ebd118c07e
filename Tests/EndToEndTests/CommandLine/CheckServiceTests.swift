import Foundation
import Testing

extension EndToEnd {
    /// `--check-service` with the package's unit in the place of this machine's.
    @Suite(
        "Command line: check of the service",
        .enabled(if: skipsNothing || FileMount.isPossible, "SKIPPED: only root can put a unit in place"))
    struct CheckServiceTests {
        private let directory: TemporaryDirectory
        private let options: String

        init() throws {
            directory = try TemporaryDirectory()
            chmod(directory.path, 0o755)
            options = directory.file("options")
            let units = directory.file("units")
            try FileManager.default.createDirectory(
                atPath: "\(units)/spoa-mirror.service.d", withIntermediateDirectories: true)
            let unit = try String(contentsOfFile: "packaging/systemd/spoa-mirror.service", encoding: .utf8)
            try unit.write(toFile: "\(units)/spoa-mirror.service", atomically: true, encoding: .utf8)
            let addition = """
                [Service]
                User=nobody
                Group=
                EnvironmentFile=
                EnvironmentFile=-\(options)
                """
            try addition.write(
                toFile: "\(units)/spoa-mirror.service.d/test.conf", atomically: true, encoding: .utf8)
        }

        private func check(_ text: String?) throws -> CommandLineRun {
            try text?.write(toFile: options, atomically: true, encoding: .utf8)
            let script = #"mkdir -p "$2" && mount --bind "$1" "$2" && shift 2 && exec "$@""#
            return try CommandLineRun(
                ["--check-service"],
                launcher: [
                    try Executables.find("unshare"), "--mount", "/bin/sh", "-c", script, "sh",
                    directory.file("units"), "/etc/systemd/system",
                ])
        }

        @Test("a log in /var/log and a pid file in /run are refused, with the paths that work")
        func paths() throws {
            let port = try Ports.free()
            let run = try check(
                "MIRROR_OPTIONS=\"-p \(port) -u http://a.example/ -l a:/var/log/mirror.log -F /run/mirror.pid\"\n"
            )
            #expect(run.exit == .status(73))
            #expect(
                run.errors == """
                    spoa-mirror: --logfile: the service may not write "/var/log/mirror.log" (ProtectSystem=strict); it may write /var/log/spoa-mirror/mirror.log
                    spoa-mirror: --pidfile: the service may not write "/run/mirror.pid" (ProtectSystem=strict); it may write /run/spoa-mirror/mirror.pid
                    spoa-mirror: configuration not OK: 2 problems

                    """)
        }

        @Test("options are read as systemd reads them, and what only a shell would read is told")
        func reads() throws {
            let port = try Ports.free()
            let good = try check(
                "# -p 0\nMIRROR_OPTIONS=\"-p \(port) \\\n -u http://a.example/ --mark-header 'X: b c'\"\n")
            #expect(good.exit == .status(0), "\(good.errors)")
            #expect(good.output.hasSuffix("spoa-mirror: configuration OK\n"))
            #expect(!good.output.contains("no --mirror-url is given"), "\(good.output)")
            let bad = try check(
                "MIRROR_OPTIONS=\"-p \(port)\"\nexport MIRROR_OPTIONS=\"-u http://a.example/\"\n")
            #expect(bad.exit == .status(78))
            #expect(bad.errors.contains("\(options), line 2: 'export MIRROR_OPTIONS'"), "\(bad.errors)")
        }

        @Test("options with which no agent would run are refused, and -D is a note")
        func endsAtOnce() throws {
            let port = try Ports.free()
            for option in ["--version", "-V", "--help", "-h", "--check", "--check-service"] {
                let run = try check("MIRROR_OPTIONS=\"-p \(port) -u http://a.example/ \(option)\"\n")
                let name = option == "-V" ? "--version" : option
                #expect(run.exit == .status(78) && run.output.isEmpty, "\(option): \(run.output)")
                #expect(
                    run.errorLines.count == 1 && run.errors.hasSuffix("; leave it out\n"), "\(run.errors)")
                #expect(run.errors.hasPrefix("spoa-mirror: \(name): "), "\(run.errors)")
            }
            let run = try check("MIRROR_OPTIONS=\"-p \(port) -u http://a.example/ -D\"\n")
            #expect(run.exit == .status(0), "\(run.errors)")
            #expect(run.output.contains("note: -D is not followed: "), "\(run.output)")
        }

        @Test("a pipe in the place of the options is refused at once")
        func pipe() throws {
            #expect(mkfifo(options, 0o644) == 0)
            let run = try check(nil)
            #expect(run.exit == .status(78))
            #expect(
                run.errors
                    == "spoa-mirror: \(options): it is not a regular file; one with lines of text expected\n")
        }

        @Test("it stands alone")
        func alone() throws {
            let run = try CommandLineRun(["--check-service", "-p", "1"])
            #expect(run.exit == .status(64) && run.errorLines.count == 1, "\(run.errors)")
        }
    }
}
