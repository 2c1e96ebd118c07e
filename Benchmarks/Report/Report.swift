/// The JSON file: everything that was measured.
struct Report {
    let machine: Machine
    let isQuick: Bool
    let agentOptions: [String]
    var rows: [RowResult] = []

    func write(to path: String) throws { try writeFile(path, JSON.text(of: self) + "\n") }
}
