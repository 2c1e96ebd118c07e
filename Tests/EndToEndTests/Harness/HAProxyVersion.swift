import Foundation

/// The HAProxy releases the tests run against, the oldest first.
enum HAProxyVersion: String, Sendable, CaseIterable, CustomStringConvertible {
    /// The distribution's, 2.6 in Debian 12: fragments payloads, reaches agents through `mode tcp` backends.
    case debian
    /// The last one of that kind.
    case v3_0 = "3.0"
    /// A newer one: no fragmentation, `mode spop` backends, connections that stay open for good.
    case v3_2 = "3.2"
    /// The newest; it takes a client that half-closes for one that has gone.
    case v3_4 = "3.4"

    /// The versions to test. Only an explicit request leaves one out: a test run that quietly proves half of what
    /// it should is worse than one that fails.
    static let available: [HAProxyVersion] = allCases.filter { version in
        guard version != .debian, Executables.environment[version.skipVariable] == "1" else { return true }
        let warning = "*** \(version.skipVariable)=1: the tests with \(version) are SKIPPED ***\n"
        FileHandle.standardError.write(Data(warning.utf8))
        return false
    }

    /// The first and the last of them, for what HAProxy has little to do with.
    static let oldestAndNewest = available.filter { $0 == .debian || $0 == available.last }

    var description: String {
        self == .debian ? "HAProxy of the distribution" : "HAProxy \(rawValue)"
    }

    /// Where the program is, by its version.
    private var pathVariable: String { "SPOA_MIRROR_HAPROXY_\(variableSuffix)" }
    private var skipVariable: String { "SPOA_MIRROR_NO_HAPROXY_\(variableSuffix)" }
    private var variableSuffix: String { rawValue.replacingOccurrences(of: ".", with: "_") }

    func executable() throws -> String {
        guard self != .debian else { return try Executables.find("haproxy") }
        let environment = Executables.environment
        let cache =
            environment["SPOA_MIRROR_CACHE"]
            ?? "\(environment["XDG_CACHE_HOME"] ?? "\(NSHomeDirectory())/.cache")/spoa-mirror"
        let path = environment[pathVariable] ?? "\(cache)/haproxy-\(rawValue)/haproxy"
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw HarnessError(
                "no \(self) at \(path); `make test` puts one there, \(pathVariable) names another, "
                    + "\(skipVariable)=1 skips its tests")
        }
        return path
    }

    /// Whether HAProxy speaks SPOP to a backend itself, as it does since 3.1.
    var speaksSPOP: Bool { self == .v3_2 || self == .v3_4 }

    /// How this version's documentation says to reach an agent.
    var agentMode: HAProxyConfiguration.AgentMode { speaksSPOP ? .spop : .tcp }
}
