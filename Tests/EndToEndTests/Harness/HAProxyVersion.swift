import Foundation

/// The HAProxy releases the tests run against.
enum HAProxyVersion: Sendable, CaseIterable, CustomStringConvertible {
    /// The distribution's: fragments payloads, reaches agents through `mode tcp` backends.
    case debian
    /// A newer one: no fragmentation, `mode spop` backends, connections that stay open for good.
    case v3_2

    /// The versions to test. Only an explicit request leaves one out: a test run that quietly proves half of what
    /// it should is worse than one that fails.
    static let available: [HAProxyVersion] = {
        guard Executables.environment["SPOA_MIRROR_NO_HAPROXY_32"] == "1" else { return allCases }
        let warning = "*** SPOA_MIRROR_NO_HAPROXY_32=1: the tests with HAProxy 3.2 are SKIPPED ***\n"
        FileHandle.standardError.write(Data(warning.utf8))
        return allCases.filter { $0 != .v3_2 }
    }()

    var description: String {
        switch self {
        case .debian: "HAProxy of the distribution"
        case .v3_2: "HAProxy 3.2"
        }
    }

    func executable() throws -> String {
        switch self {
        case .debian: return try Executables.find("haproxy")
        case .v3_2:
            let environment = Executables.environment
            let cache =
                environment["SPOA_MIRROR_CACHE"]
                ?? "\(environment["XDG_CACHE_HOME"] ?? "\(NSHomeDirectory())/.cache")/spoa-mirror"
            let path = environment["SPOA_MIRROR_HAPROXY_32"] ?? "\(cache)/haproxy-forky/haproxy"
            guard FileManager.default.isExecutableFile(atPath: path) else {
                throw HarnessError(
                    "no HAProxy 3.2 at \(path); `make test` puts one there, SPOA_MIRROR_HAPROXY_32 names another, "
                        + "SPOA_MIRROR_NO_HAPROXY_32=1 skips its tests")
            }
            return path
        }
    }

    /// How this version's documentation says to reach an agent.
    var agentMode: HAProxyConfiguration.AgentMode { self == .v3_2 ? .spop : .tcp }
}
