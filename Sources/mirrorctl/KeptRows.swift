/// The rows of the status screen on what ends by itself, and on what a restart would bring; none when there is nothing to say.
struct KeptRows {
    /// Characters of a value: one line beside the names of the rows on a wide terminal, three on a narrow one.
    private static let width = 65

    /// Names and values.
    let lines: [(String, String)]

    /// From the table of `show info`.
    init(_ info: Figures) {
        func items(_ name: String) -> [String] {
            guard let text = info[name], text != "none" else { return [] }
            return text.split(separator: ", ").map(String.init)
        }
        let (unsaved, options) = (items("Unsaved"), items("Overridden_options"))
        let place = info["State_file"] == nil ? ", and no state file" : ""
        let temporary = items("Temporary").map { item in
            let parts = item.split(separator: " ", maxSplits: 1)
            let seconds = parts.last.flatMap { Int($0.prefix { $0.isNumber }) } ?? 0
            return "\(parts.first ?? "") \(Readable.age(seconds))"
        }
        lines = [
            temporary.isEmpty ? nil : ("temporary", Self.list("", temporary, " left")),
            unsaved.isEmpty ? nil : ("unsaved", Self.list("\(unsaved.count): ", unsaved, place)),
            options.isEmpty ? nil : ("state file", Self.list("overrides ", options, "")),
        ].compactMap(\.self)
    }

    /// As many of `items` as fit, and how many more there are.
    private static func list(_ beginning: String, _ items: [String], _ end: String) -> String {
        for count in stride(from: items.count, to: 0, by: -1) {
            let more = items.count > count ? " and \(items.count - count) more" : ""
            let text = beginning + items.prefix(count).joined(separator: ", ") + more + end
            if text.count <= width || count == 1 { return text }
        }
        return beginning + end
    }
}
