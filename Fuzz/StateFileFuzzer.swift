import AdminSocket
@testable import Agent

/// A state file: refused with the number of its line, or understood and, once saved again, the same.
enum StateFileFuzzer {
    static func run(_ input: [UInt8]) {
        guard let destination = try? MirrorURL(Options.defaultURL) else { fail("no destination") }
        var settings = Settings(url: destination)
        let entries: [(line: Int, entry: StateFile.Entry)]
        do throws(StateFileError) { entries = try StateFile.parse(input, path: "/state") } catch {
            require(error.line > 0, "an error in no line")
            return require(!error.description.contains("\n"), "an error of two lines")
        }
        for case .set(let name, let value) in entries.map(\.entry) {
            guard (try? LiveSetting.put(value, name, into: &settings)) != nil else { continue }
            let text = LiveSetting.text(name, of: settings)
            let line = "set \(name.rawValue) \(RequestLine.escape(text))\n"
            let again = try? StateFile.parse(Array(line.utf8), path: "/state").map(\.entry)
            require(again == [.set(name, text)], "\(line) is read as \(String(describing: again))")
            var copy = settings
            require(
                (try? LiveSetting.put(text, name, into: &copy)) != nil, "\(name) cannot be set to \(text)")
        }
    }
}
