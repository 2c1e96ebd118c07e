import AdminSocket
@testable import Agent

/// A state file: refused with the number of its line, or understood and, once saved again, the same.
enum StateFileFuzzer {
    static func run(_ input: [UInt8]) {
        var settings = Settings()
        let entries: [(line: Int, entry: StateFile.Entry)]
        do throws(StateFileError) { entries = try StateFile.parse(input, path: "/state") } catch {
            require(error.line > 0, "an error in no line")
            return require(!error.description.contains("\n"), "an error of two lines")
        }
        for case .set(let name, let value) in entries.map(\.entry) {
            guard (try? settings.set(name, to: value)) != nil else { continue }
            let text = settings.text(of: name)
            let line = "set \(name.rawValue) \(RequestLine.escape(text))\n"
            let again = try? StateFile.parse(Array(line.utf8), path: "/state").map(\.entry)
            require(again == [.set(name, text)], "\(line) is read as \(String(describing: again))")
            var copy = settings
            require(
                (try? copy.set(name, to: text)) != nil, "\(name) cannot be set to \(text)")
        }
    }
}
