internal import Glibc
internal import System

/// What an operator should know of the settings that an agent starts with.
enum StartUpWarnings {
    /// Nil unless the agent goes on as root without having been told to.
    private static func aboutRoot(_ identity: Identity?) -> String? {
        guard geteuid() == 0, identity?.isUserNamed != true else { return nil }
        return "it runs as root: with --user NAME it gives that up after opening what needs root"
    }

    /// To be called once root is given up.
    static func about(_ configuration: Configuration, urlOrigin: SettingsController.Origin) -> [String] {
        let settings = configuration.settings
        var warnings = [aboutRoot(configuration.identity), LostRights.warning(configuration)].compactMap(
            \.self)
        if urlOrigin == .default {
            warnings.append(
                "nothing says where copies go (--mirror-url): they go to \(settings.destination.url.text)")
        }
        let (wanted, allowed) = (
            DescriptorLimit.wanted(settings, workers: configuration.workers), DescriptorLimit.raise()
        )
        if wanted > allowed {
            warnings.append(
                "\(allowed) open files are allowed, the limits of connections and copies add up to \(wanted)")
        }
        if let address = settings.destination.transport.source?.elsewhere {
            warnings.append(
                "\(address) is no address of this machine (--mirror-interface): no copy is sent until it is"
            )
        }
        if settings.destination.transport.httpVersion == .http2PriorKnowledge,
            !CurlTransport.canReusePriorKnowledge
        {
            warnings.append(
                "this libcurl is older than 8.0: with --http-version 2-prior-knowledge each copy opens a connection"
            )
        }
        if settings.destination.transport.isInsecure {
            warnings.append(
                "the mirror's certificate is not verified (--tls-insecure): copies can be read and changed on the way"
            )
        }
        if !MemoryLimit.seesGroups {
            warnings.append(
                "there is no /proc: memory limits of control groups are not seen, and figures of the process are not shown"
            )
        }
        if let warning = settings.destination.transport.identity?.warning { warnings.append(warning) }
        if settings.destination.trustsNobody { warnings.append(TrustStore.noAuthorities) }
        return warnings
    }
}
