import Foundation
import Testing

extension EndToEnd.Recipes {
    /// A main file with an engine's file that goes with it.
    struct Pair: Sendable, CustomTestStringConvertible {
        let version: HAProxyVersion
        let main: String
        let engine: String

        var testDescription: String { "\(version): \(main), \(engine)" }
    }

    /// All main files, with each engine of their directory, or, where there is none, that of "mirror everything".
    static let pairs: [Pair] = {
        let engines = (try? Example.files(".conf")) ?? []
        return HAProxyVersion.available.flatMap { version in
            let everything = version.speaksSPOP ? "haproxy-3.1.cfg" : "haproxy.cfg"
            let mains = ((try? Example.files(".cfg")) ?? []).filter { $0.contains("/") } + [everything]
            let loose = engines.filter { engine in
                !mains.contains { $0.contains("/") && folder($0) == folder(engine) }
            }
            return mains.flatMap { main in
                let own = main == everything ? loose : engines.filter { folder($0) == folder(main) }
                return (own.isEmpty ? ["spoe-mirror.conf"] : own).map {
                    Pair(version: version, main: main, engine: $0)
                }
            }
        }
    }()

    private static func folder(_ path: String) -> String {
        URL(fileURLWithPath: path).deletingLastPathComponent().relativePath
    }

    @Test("HAProxy has nothing to say about the files as they are", arguments: pairs)
    func load(pair: Pair) throws {
        let directory = try TemporaryDirectory()
        _ = try directory.write(
            RecipeFiles.moved(Example.text(pair.engine), to: directory), to: "spoe-mirror.conf")
        for map in ["switch/mirroring.map", "destinations/mirror.map"] {
            _ = try directory.write(Example.text(map), to: URL(fileURLWithPath: map).lastPathComponent)
        }
        let main = try directory.write(
            RecipeFiles.moved(Example.text(pair.main), to: directory), to: "haproxy.cfg")

        let check = try ChildProcess(
            pair.version.executable(), ["-c", "-f", main], outputFile: directory.file("out"),
            errorFile: directory.file("err"))
        #expect(try check.wait() == .status(0), "\(check.output)\(check.errors)")
        #expect(!"\(check.output)\(check.errors)".contains("WARNING"), "\(check.output)\(check.errors)")
    }

    /// Without this, requests wait for agents that are away: docs/operations.md.
    @Test("every message is sent only while an agent of its engine is up, and HAProxy checks that")
    func onlyWhileUp() throws {
        for file in try Example.files(".conf") {
            var backend = ""
            var conditions: [String: String] = [:]
            for line in try Example.text(file).split(separator: "\n") {
                let words = line.split(separator: " ")
                switch words.first {
                case "use-backend": backend = String(words[1])
                case "acl": conditions[String(words[1])] = words.dropFirst(2).joined(separator: " ")
                case "event":
                    let condition = words.map { conditions[String($0)] ?? String($0) }.joined(separator: " ")
                    #expect(condition.contains("nbsrv(\(backend)) gt 0"), "\(file): \(line)")
                    #expect(!words.contains("unless"), "\(file): \(line)")
                default: break
                }
            }
            #expect(!backend.isEmpty, "\(file)")
        }
        for file in try Example.files(".cfg") {
            let agents = try Example.text(file).split(separator: "\n").filter {
                $0.hasPrefix("    server agent")
            }
            #expect(!agents.isEmpty && agents.allSatisfy { $0.hasSuffix(" check") }, "\(file)")
        }
    }

    @Test("every file is in docs/recipes.md")
    func documented() throws {
        let document = try Example.document("recipes.md")
        let files = try [".cfg", ".conf", ".map"].flatMap { try Example.files($0) }
        #expect(files.count > 10)
        for file in files { #expect(document.contains("`\(file)`"), "\(file)") }
    }
}
