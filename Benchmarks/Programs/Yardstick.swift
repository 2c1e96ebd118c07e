/// Another agent to measure beside ours: "name=command", in which {port} stands for the port it has to listen on and
/// {url} for the mirror.
struct Yardstick {
    /// Where one listens that is not told where.
    static let fixedPort: UInt16 = 12_345

    let name: String
    private let template: String

    /// Several of them, with semicolons between.
    static func parse(_ list: String) throws -> [Yardstick] {
        try list.split(separator: ";").map { entry in
            guard let sign = entry.firstIndex(of: "="), sign > entry.startIndex else {
                throw Failure("a yardstick is name=command, not '\(entry)'")
            }
            let name = entry[..<sign].filter { $0 != " " }
            return Yardstick(name: String(name), template: String(entry[entry.index(after: sign)...]))
        }
    }

    var usesPort: Bool { template.contains("{port}") }
    /// If not, it does the same whatever the mirror does.
    var usesMirror: Bool { template.contains("{url}") }

    func command(port: UInt16, url: String) -> [String] {
        let line = template.replacing("{port}", with: "\(port)").replacing("{url}", with: url)
        return ["/bin/sh", "-c", "exec \(line)"]
    }
}
