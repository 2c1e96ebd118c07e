import Foundation
import Testing

extension EndToEnd.Recipes {
    @Test("a mirror that must not see credentials", arguments: HAProxyVersion.available)
    func noCredentials(version: HAProxyVersion) throws {
        let recipe = try #require(
            Example.document("recipes.md").components(separatedBy: "\n## No credentials\n").last?
                .components(separatedBy: "\n## ").first)
        let state = try TemporaryDirectory()
        let stage = try RecipeStage(
            version, agents: [try Self.options(recipe) + ["--state-file", state.file("state")]])
        let secrets = FidelityRow.fields(
            "Authorization: Basic sekret", "Cookie: session=sekret", "cookie: b=sekret", "X-API-KEY: sekret",
            "X-Session: sekret", "X-Forwarded-For: 192.0.2.1", "X-Plain: 1")
        func copy(_ target: String) throws -> RecordedRequest {
            try stage.send(Request(target: target, fields: secrets))
            return try stage.mirror.request(for: target, evidence: stage.evidence)
        }
        let names = ["host", "x-plain", "x-mirrored-by"]
        #expect(try copy("/none/1").head.fields.map { $0.name.lowercased() } == names)

        let lines = try #require(
            recipe.components(separatedBy: "mirrorctl <<'END'\n").last?.components(separatedBy: "    END\n")
                .first)
        let run = try MirrorctlRun([], socket: stage.agent.adminSocket, input: lines)
        #expect(run.status == 0, "\(run.output)\(run.errors)")
        let fields = try copy("/none/2").head.fields
        #expect(fields.map { $0.name.lowercased() } == ["host", "x-plain", "authorization", "x-mirrored-by"])
        #expect(fields[2].value == "Bearer qa-token")

        let served = stage.production.requests
        #expect(served.count == 2 && served.allSatisfy { $0.head["cookie"]?.contains("sekret") == true })
        let settings = try stage.agent.ask("show settings")
        #expect(settings.contains("set:Authorization: <hidden>"))
        for text in [settings, stage.agent.process.log, run.output] {
            #expect(!text.contains("sekret") && !text.contains("qa-token"), "\(text)")
        }
        let kept = try String(contentsOfFile: state.file("state"), encoding: .utf8)
        #expect(kept.contains(#"set:Authorization:\ Bearer\ qa-token"#))
    }

    /// The options of the recipe's command line, but for the URL.
    private static func options(_ recipe: String) throws -> [String] {
        let command = try #require(
            recipe.components(separatedBy: "    spoa-mirror ").last?
                .components(separatedBy: "\n\n").first)
        let words = command.replacingOccurrences(of: "\\\n", with: " ").split(whereSeparator: \.isWhitespace)
        #expect(words.first == "-u")
        return words.dropFirst(2).map(String.init)
    }
}
