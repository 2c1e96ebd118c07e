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
            let everything = version == .v3_2 ? "haproxy-3.1.cfg" : "haproxy.cfg"
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
        _ = try directory.write(Example.text("switch/mirroring.map"), to: "mirroring.map")
        let main = try directory.write(
            RecipeFiles.moved(Example.text(pair.main), to: directory), to: "haproxy.cfg")

        let check = try ChildProcess(
            pair.version.executable(), ["-c", "-f", main], outputFile: directory.file("out"),
            errorFile: directory.file("err"))
        #expect(try check.wait() == .status(0), "\(check.output)\(check.errors)")
        #expect(!"\(check.output)\(check.errors)".contains("WARNING"), "\(check.output)\(check.errors)")
    }

    @Test("every file is in docs/recipes.md")
    func documented() throws {
        let document = try Example.document("recipes.md")
        let files = try [".cfg", ".conf", ".map"].flatMap { try Example.files($0) }
        #expect(files.count > 10)
        for file in files { #expect(document.contains("`\(file)`"), "\(file)") }
    }
}
