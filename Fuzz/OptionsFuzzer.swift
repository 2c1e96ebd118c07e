import AdminSocket
@testable import Agent
import ArgumentParser

/// A command line, one argument a line: what it gives is a configuration, or a message; and what a setting shows can be set.
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
        options.mirrorInterface = nil
        guard let configuration = try? options.configuration(given: ControlOptions.given(in: arguments))
        else {
            return
        }
        for name in SettingName.allCases { check(name, configuration.settings) }
    }

    private static func check(_ name: SettingName, _ settings: Settings) {
        let text = LiveSetting.text(name, of: settings)
        var copy = settings
        require(
            (try? LiveSetting.put(text, name, into: &copy)) != nil, "\(name) cannot be set to \(text)")
        require(LiveSetting.text(name, of: copy) == text, "\(name) \(text) is another once set")
    }
}
