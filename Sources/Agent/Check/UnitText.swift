internal import System

/// A unit as systemd puts it together from its file and what people have added (systemd.unit(5)).
struct UnitText {
    /// Where unit files are; what is in an earlier folder hides what has the same name in a later one.
    static let folders = [
        "/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system",
        "/usr/lib/systemd/system",
        "/lib/systemd/system",
    ]

    /// The file that it begins with.
    let path: String
    private var settings: [String: [String]] = [:]

    /// Nil when no folder has it. Files of it that cannot be used go to `findings`.
    init?(_ name: String, in folders: [String] = Self.folders, into findings: inout Findings) {
        guard let path = folders.map({ "\($0)/\(name)" }).first(where: { Files.exists($0) }) else {
            return nil
        }
        self.path = path
        var additions: [String: String] = [:]
        for folder in folders {
            for file in Files.names(in: "\(folder)/\(name).d")
            where file.hasSuffix(".conf") && additions[file] == nil {
                additions[file] = "\(folder)/\(name).d/\(file)"
            }
        }
        for file in [path] + additions.sorted(by: { $0.key < $1.key }).map(\.value) where !Self.isMask(file) {
            findings.attempt { add(try Files.text(of: file)) }
        }
    }

    /// Whether somebody has put a link to /dev/null in the place of the unit, so that nothing starts it.
    var isMasked: Bool { Self.isMask(path) }

    private static func isMask(_ path: String) -> Bool { Files.link(path) == "/dev/null" }

    /// All that `Section.Name` has been given since it was last emptied.
    subscript(_ name: String) -> [String] { settings[name] ?? [] }

    /// Its words, with the specifiers of directories put in.
    func words(_ name: String) -> [String] { self[name].flatMap { SystemdWords.split(Self.specified($0)) } }

    private mutating func add(_ text: String) {
        var section = ""
        var joined = ""
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let bare = line.drop { $0 == " " || $0 == "\t" }
            if bare.hasPrefix("#") || bare.hasPrefix(";") { continue }
            if line.hasSuffix("\\") {
                joined += line.dropLast() + " "
                continue
            }
            let whole = Self.trimmed(joined + line)
            joined = ""
            if whole.hasPrefix("["), whole.hasSuffix("]") {
                section = String(whole.dropFirst().dropLast())
            } else if let equals = whole.firstIndex(of: "=") {
                let name = "\(section).\(Self.trimmed(String(whole[..<equals])))"
                let value = Self.trimmed(String(whole[equals...].dropFirst()))
                if value.isEmpty { settings[name] = [] } else { settings[name, default: []].append(value) }
            }
        }
    }

    private static func trimmed(_ text: String) -> String {
        func isBlank(_ character: Character) -> Bool {
            character == " " || character == "\t" || character == "\r"
        }
        return String(text.drop(while: isBlank).reversed().drop(while: isBlank).reversed())
    }

    private static func specified(_ text: String) -> String {
        var (result, rest) = ("", Substring(text))
        while let percent = rest.firstIndex(of: "%") {
            result += rest[..<percent]
            rest = rest[percent...].dropFirst()
            let known: [Character: String] = [
                "%": "%", "t": "/run", "S": "/var/lib", "C": "/var/cache", "L": "/var/log", "E": "/etc",
            ]
            guard let letter = rest.first, let value = known[letter] else {
                result += "%"
                continue
            }
            result += value
            rest = rest.dropFirst()
        }
        return result + rest
    }
}
