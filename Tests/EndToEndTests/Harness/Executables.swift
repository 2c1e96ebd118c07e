import Foundation

/// Where the programs are that the tests run.
enum Executables {
    /// The agent: `SPOA_MIRROR_BINARY`, or the one that was built together with these tests.
    static func agent() throws -> String {
        if let path = environment["SPOA_MIRROR_BINARY"], !path.isEmpty { return path }
        return try product("spoa-mirror")
    }

    /// The client that was built together with these tests.
    static func mirrorctl() throws -> String { try product("mirrorctl") }

    private static func product(_ name: String) throws -> String {
        let products = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
            .deletingLastPathComponent()
        let candidates = [products, Bundle.main.bundleURL.deletingLastPathComponent()]
            .map { $0.appendingPathComponent(name).path }
        if let path = candidates.first(where: FileManager.default.isExecutableFile) { return path }
        throw HarnessError("\(name) is not built (looked for \(candidates))")
    }

    /// The program `name` of the system.
    static func find(_ name: String) throws -> String {
        // A plain user's PATH lacks the directories of daemons.
        let directories = (environment["PATH"] ?? "").split(separator: ":").map(String.init)
        let candidates = (directories + ["/usr/local/sbin", "/usr/sbin", "/sbin"]).map { "\($0)/\(name)" }
        if let path = candidates.first(where: FileManager.default.isExecutableFile) { return path }
        throw HarnessError("\(name) is not installed (not in PATH)")
    }

    static var environment: [String: String] { ProcessInfo.processInfo.environment }
}
