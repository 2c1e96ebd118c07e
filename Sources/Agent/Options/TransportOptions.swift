internal import ArgumentParser
internal import Glibc
internal import System

/// How the mirror is connected to.
struct TransportOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "HTTP to the mirror: 1.1, 2 (where TLS agrees on it), or 2-prior-knowledge (also in clear text). (default: 1.1)",
            valueName: "version"),
        completion: .list(TransportSettings.HTTPVersion.allCases.map(\.rawValue)),
        transform: OptionParsers.word(TransportSettings.HTTPVersion.self))
    var httpVersion = TransportSettings.HTTPVersion.http1

    @Option(
        name: .customLong("tls-ca"),
        help: ArgumentHelp(
            "PEM file of the authorities to trust. (default: the system's)", valueName: "file"),
        completion: .file(), transform: OptionParsers.path)
    var authorityFile: String?

    @Option(
        name: .customLong("tls-cert"),
        help: ArgumentHelp(
            "PEM file of the agent's own certificate, and of those between it and its authority.",
            valueName: "file"),
        completion: .file(), transform: OptionParsers.path)
    var certificateFile: String?

    @Option(
        name: .customLong("tls-key"),
        help: ArgumentHelp(
            "PEM file of its key, without a pass phrase. (default: the file of --tls-cert)", valueName: "file"
        ),
        completion: .file(), transform: OptionParsers.path)
    var keyFile: String?

    @Flag(name: .customLong("tls-insecure"), help: "Do not verify the mirror's certificate.")
    var isInsecure = false

    @Flag(
        name: .customLong("allow-link-local"),
        help:
            "Allow connections to 169.254.0.0/16, fe80::/10 and fd00:ec2::254, where clouds keep their metadata services."
    )
    var allowsLinkLocal = false

    @Option(
        name: .customLong("allow-destination"), parsing: .singleValue,
        help: ArgumentHelp(
            "Where copies may go, also when the mirror URL is changed later; with a scheme, by no other. Repeatable. (default: anywhere)",
            valueName: "[scheme://]host[:port]"),
        transform: { try AllowedDestinations.Entry($0) })
    var allowedDestinations: [AllowedDestinations.Entry] = []

    @Option(
        name: .letter("I"), help: "Source of outgoing connections: interface, address or host name.",
        transform: OptionParsers.interface)
    var mirrorInterface: String?

    @Option(
        name: .letter("P"),
        help: ArgumentHelp(
            "Source port or ports of outgoing connections: PORT, FIRST-LAST or FIRST:COUNT.",
            valueName: "ports"),
        transform: OptionParsers.portRange)
    var mirrorLocalPort: ClosedRange<UInt16>?

    /// Reads the files: what is wrong with them is known before a copy is made.
    func settings() throws -> TransportSettings {
        for (option, file) in [
            ("tls-ca", authorityFile), ("tls-cert", certificateFile), ("tls-key", keyFile),
        ] {
            guard let file, unsafe access(file, R_OK) != 0 else { continue }
            throw UsageError("--\(option)", file, "cannot be read", SystemError.text(of: errno))
        }
        guard keyFile == nil || certificateFile != nil else {
            throw UsageError("--tls-key: a key needs --tls-cert FILE beside it")
        }
        return TransportSettings(
            httpVersion: httpVersion, authorityFile: authorityFile,
            trusted: try authorityFile.map { try TrustStore(file: $0) },
            certificateFile: certificateFile, keyFile: keyFile,
            identity: try certificateFile.map { try ClientIdentity(certificate: $0, key: keyFile) },
            isInsecure: isInsecure, allowsLinkLocal: allowsLinkLocal)
    }
}
