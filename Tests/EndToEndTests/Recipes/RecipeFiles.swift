import Foundation

/// The files of a recipe, by their paths in `examples/haproxy`.
///
/// Only what a test cannot keep is replaced in them: addresses, paths, the log's destination, and the times that a starved
/// machine would exceed.
struct RecipeFiles {
    /// nil stands for "mirror everything": `haproxy.cfg`, or `haproxy-3.1.cfg` for versions from 3.1.
    var main: String?
    var engine = "spoe-mirror.conf"
    /// The engine's file itself, in place of one of ours.
    var engineText: String?
    /// What else is named by the two.
    var others: [String] = []
    /// What is replaced besides in the main file, as an operator would who is told so there.
    var changes: [(String, String)] = []
    /// In place of the examples' 500 ms.
    var processingTimeout = "10s"
    /// In place of the examples' second.
    var checkTimeout = "10s"
    /// A `global` section's lines, before all others.
    var globalLines: [String] = []

    /// Writes them all to `directory`, with `addresses` replaced, and returns the path of the main file.
    func write(
        to directory: TemporaryDirectory, for version: HAProxyVersion, replacing addresses: [(String, String)]
    ) throws -> String {
        for other in others {
            let name = URL(fileURLWithPath: other).lastPathComponent
            _ = try directory.write(Self.moved(Example.text(other), to: directory), to: name)
        }
        let timeout = ("timeout processing 500ms", "timeout processing \(processingTimeout)")
        let engine = try engineText ?? Example.text(engine, replacing: [timeout])
        _ = try directory.write(Self.moved(engine, to: directory), to: "spoe-mirror.conf")

        let always = [
            ("global\n    log /dev/log local0", global(directory)),
            ("timeout check   1s", "timeout check   \(checkTimeout)"),
        ]
        let main = try Example.text(
            main ?? (version.speaksSPOP ? "haproxy-3.1.cfg" : "haproxy.cfg"),
            replacing: always + addresses + changes)
        return try directory.write(Self.moved(main, to: directory), to: "haproxy.cfg")
    }

    /// `text` with the system's directories replaced by the test's.
    static func moved(_ text: String, to directory: TemporaryDirectory) -> String {
        ["/etc/haproxy/", "/run/haproxy/", "/run/spoa-mirror/"].reduce(text) {
            $0.replacingOccurrences(of: $1, with: "\(directory.path)/")
        }
    }

    /// A log that loses no line, and the harness's own socket.
    private func global(_ directory: TemporaryDirectory) -> String {
        let ring = HAProxyConfiguration.filterLog
        return """
            global
            \(globalLines.map { "    \($0)" }.joined(separator: "\n"))

            ring \(ring)
                format raw
                maxlen 1024
                size 4194304

            global
                stats socket \(HAProxyProcess.statisticsSocket(in: directory)) mode 600 level admin expose-fd listeners
                log ring@\(ring) format raw local0
            """
    }
}
