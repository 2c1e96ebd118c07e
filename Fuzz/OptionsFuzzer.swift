import AdminSocket
@testable import Agent
import ArgumentParser

/// A command line, one argument a line: what it gives is a configuration, or a message; what a setting shows can be set; and no
/// copy goes where `--allow-destination` does not say.
enum OptionsFuzzer {
    static func run(_ input: [UInt8]) {
        let arguments = input.split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
        var options: Options
        do {
            options = try Options.parse(Options.separatingFlags(arguments))
        } catch {
            return require(
                !Options.fullMessage(for: error).isEmpty || Options.exitCode(for: error) == .success,
                "an error without a word")
        }
        // It would be looked up, and a fuzzer asks no name server.
        options.transport.mirrorInterface = nil
        guard let configuration = try? options.configuration()
        else {
            return
        }
        for name in SettingName.allCases { check(name, configuration.settings) }
        checkDestination(of: configuration.settings)
        for argument in arguments {
            var settings = configuration.settings
            guard (try? settings.set(.url, to: argument)) != nil else { continue }
            checkDestination(of: settings)
        }
    }

    /// What libcurl connects to is in the list. Both are taken apart here once more, by hand.
    private static func checkDestination(of settings: Settings) {
        let entries = settings.allowedDestinations.entries.map(\.description)
        let origin = settings.destination.url.origin
        guard !entries.isEmpty else { return }
        let isSecure = origin.hasPrefix("https://")
        require(
            origin.hasPrefix(isSecure ? "https://" : "http://") && origin.hasSuffix("/"),
            "no origin: \(origin)")
        let place = apart(origin.utf8.dropFirst(isSecure ? 8 : 7).dropLast())
        let isNamed = entries.contains { entry in
            let named = apart(entry.utf8[...])
            return named.host == place.host
                && (named.port == nil || named.port == place.port ?? (isSecure ? 443 : 80))
        }
        require(isNamed, "\(origin) is allowed by \(entries)")
    }

    /// `HOST[:PORT]`: the host in lower case without a dot at its end, an IPv6 address without its zone.
    private static func apart(_ text: Substring.UTF8View) -> (host: [UInt8], port: Int?) {
        let colon = text.lastIndex(of: UInt8(ascii: ":")).flatMap { colon in
            text[colon...].contains(UInt8(ascii: "]")) ? nil : colon
        }
        var host = text[..<(colon ?? text.endIndex)].map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        if host.last == UInt8(ascii: ".") { host.removeLast() }
        if host.first == UInt8(ascii: "["), let zone = host.firstIndex(of: UInt8(ascii: "%")) {
            host.replaceSubrange(zone..., with: [UInt8(ascii: "]")])
        }
        return (host, colon.flatMap { Int(Substring(text[$0...].dropFirst())) })
    }

    private static func check(_ name: SettingName, _ settings: Settings) {
        let text = settings.text(of: name)
        var copy = settings
        require(
            (try? copy.set(name, to: text)) != nil, "\(name) cannot be set to \(text)")
        require(copy.text(of: name) == text, "\(name) \(text) is another once set")
    }
}
