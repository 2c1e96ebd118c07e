import Foundation
import Testing

@testable import Agent

/// The unit of the package, as a check reads it.
@Suite("Check: the unit")
struct UnitTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("unit-\(UUID())")
        for name in ["etc/spoa-mirror.service.d", "lib/spoa-mirror.service.d"] {
            try FileManager.default.createDirectory(
                at: folder.appendingPathComponent(name), withIntermediateDirectories: true)
        }
        try write(try Documents.text("packaging/systemd/spoa-mirror.service"), to: "lib/spoa-mirror.service")
    }

    private func write(_ text: String, to name: String) throws {
        try text.write(to: folder.appendingPathComponent(name), atomically: true, encoding: .utf8)
    }

    private var folders: [String] { ["etc", "lib"].map { folder.appendingPathComponent($0).path } }

    private func unit() throws -> UnitText {
        var findings = Findings()
        return try #require(UnitText("spoa-mirror.service", in: folders, into: &findings))
    }

    @Test(
        "files of people come in the order of their names, those of /etc hide others, and an empty value forgets"
    )
    func additions() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try write(
            "[Service]\nExecStart=\nExecStart=/usr/sbin/spoa-mirror \\\n# why\n  -p 7 $A\n",
            to: "lib/spoa-mirror.service.d/b.conf")
        try write("[Service]\nEnvironment=A=1 \"B=2 3\"\n", to: "lib/spoa-mirror.service.d/a.conf")
        try write("[Service]\nEnvironment=A=9\n", to: "etc/spoa-mirror.service.d/a.conf")
        let unit = try unit()
        #expect(unit.words("Service.ExecStart") == ["/usr/sbin/spoa-mirror", "-p", "7", "$A"])
        #expect(unit.words("Service.Environment") == ["A=9"])
        #expect(unit["Service.User"] == ["spoa-mirror"])
        var findings = Findings()
        #expect(UnitText("no-such.service", in: [folder.path], into: &findings) == nil)
    }

    @Test(
        "a unit that starts nothing, or too much, or cannot be read",
        arguments: [
            ("[Service]\nExecStart=\n", "it has no ExecStart=; 'ExecStart="),
            ("[Service]\nExecStart=/bin/true\n", "it has 2 ExecStart=; one expected"),
            ("-pipe", "it is not a regular file; one with lines of text expected"),
            ("-mask", "it is masked; 'systemctl unmask spoa-mirror' brings it back"),
        ])
    func startsNothing(_ text: String, _ reason: String) throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        switch text {
        case "-pipe":
            #expect(mkfifo(folder.appendingPathComponent("etc/spoa-mirror.service").path, 0o600) == 0)
        case "-mask":
            try FileManager.default.createSymbolicLink(
                atPath: folder.appendingPathComponent("etc/spoa-mirror.service").path,
                withDestinationPath: "/dev/null")
        default: try write(text, to: "etc/spoa-mirror.service.d/a.conf")
        }
        var findings = Findings()
        #expect(ServiceCheck(into: &findings, folders: folders) == nil)
        let problems = findings.problems.map { "\($0)" }
        #expect(problems.count == 1 && problems[0].contains(": \(reason)"), "\(problems)")
    }

    @Test("a file of options is a regular file of some length")
    func files() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("options").path
        #expect(mkfifo(path, 0o600) == 0)
        func problem() -> String {
            do { return try Files.text(of: path) } catch { return "\(error)" }
        }
        #expect(problem() == "\(path): it is not a regular file; one with lines of text expected")
        try FileManager.default.removeItem(atPath: path)
        try write(String(repeating: "#", count: 1 << 20), to: "options")
        #expect(problem().count == 1 << 20)
        try write(String(repeating: "#", count: (1 << 20) + 1), to: "options")
        #expect(problem() == "\(path): it is longer than 1024 KiB; a few lines of text expected")
    }

    @Test("options come from the unit, and from the files that it names, the last of them first of all")
    func environment() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("options").path
        try write(
            "MIRROR_OPTIONS=\"-u http://a.example/ --mark-header 'X-A: b'\"\nexport C=1\n", to: "options")
        try write(
            "[Service]\nEnvironmentFile=\nEnvironmentFile=-\(file)\nEnvironmentFile=/no/such/file\n",
            to: "etc/spoa-mirror.service.d/a.conf")
        let unit = try unit()
        var findings = Findings()
        let variables = ServiceCheck.environment(of: unit, into: &findings)
        let words = SystemdWords.expand(unit.words("Service.ExecStart"), variables)
        #expect(words.first == "/usr/sbin/spoa-mirror")
        #expect(words.suffix(4) == ["-u", "http://a.example/", "--mark-header", "X-A: b"])
        #expect(findings.problems.map { "\($0)" }.contains { $0.hasPrefix("\(file), line 2: 'export C'") })
        #expect(findings.problems.map { "\($0)" }.contains { $0.hasPrefix("/no/such/file") })
    }

    @Test("what the service may write, and what works instead")
    func places() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try write("[Service]\nReadWritePaths=-/srv/mirror\n", to: "etc/spoa-mirror.service.d/a.conf")
        let places = ServicePlaces(try unit())
        let strict = ServicePlaces.Access.readOnly("ProtectSystem=strict")
        for (path, access) in [
            ("/var/log/spoa-mirror.log", strict), ("/run/spoa-mirror.pid", strict), ("/etc/x", strict),
            ("/var/log/spoa-mirror/a.log", .writable), ("/run/spoa-mirror/pid", .writable),
            ("/var/lib/spoa-mirror/state", .writable), ("/srv/mirror/log", .writable),
            ("/srv/mirror2", strict),
            ("/home/a/log", .hidden("ProtectHome=yes")), ("/root/x", .hidden("ProtectHome=yes")),
            ("/tmp/log", .ownTemporary), ("/dev/null", .writable),
        ] {
            #expect(places.access(to: path) == access, "\(path)")
        }
        #expect(places.better("/var/log/a.log", "logs") == "/var/log/spoa-mirror/a.log")
        #expect(places.better("/run/a.pid", "runtime") == "/run/spoa-mirror/a.pid")
        #expect(places.makes("/run/spoa-mirror") && !places.makes("/run"))
    }
}
