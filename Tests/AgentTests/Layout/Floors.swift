/// Folders in an order in which each uses only those before it.
struct Floors {
    /// From the bottom; folders of one floor do not use each other. A file beside the folders stands for itself.
    let order: [Set<String>]

    /// `Folder/File.swift:12: ...` for whatever reaches up, or sideways, in `files`, by their paths from where the folders are. What
    /// `others`, below all of them, call members is not told from what a folder calls them.
    func violations(in files: [String: SwiftSource], others: [SwiftSource] = []) -> [String] {
        let sources = files.map { (path: $0.key, folder: Self.folder($0.key), source: $0.value) }
            .sorted { $0.path < $1.path }
        var owners = sources.map { ($0.folder, $0.source) }.reduce(into: [String: Set<String>]()) {
            owners, entry in
            for type in entry.1.types { owners[type, default: []].insert(entry.0) }
        }
        let functions = sources.reduce(into: [String: String]()) { found, entry in
            for name in entry.source.functions { found[name] = entry.folder }
        }
        let values = sources.reduce(into: [String: String]()) { found, entry in
            for name in entry.source.values { found[name] = entry.folder }
        }
        let nested = sources.reduce(into: Set<String>()) { $0.formUnion($1.source.nestedTypes) }
        owners = owners.filter { $0.value.count == 1 }
        // A member's name says where it is from only when nothing else is called so.
        var named: [String: Set<String>] = [:]
        var added: [String: String] = [:]
        for (_, folder, source) in sources {
            for name in source.memberNames { named[name, default: []].insert(folder) }
            for member in source.extensionMembers where owners[member.extended ?? ""] != [folder] {
                added[member.name] = folder
            }
        }
        for name in others.flatMap(\.memberNames) { named[name, default: []].insert("") }
        var found: [String] = []
        for (path, folder, source) in sources {
            guard let floor = order.firstIndex(where: { $0.contains(folder) }) else {
                found.append("\(path):1: \(folder) has no floor")
                continue
            }
            let own = sources.filter { $0.folder == folder }.reduce(into: Set<String>()) {
                $0.formUnion($1.source.nestedTypes)
            }
            for word in source.words {
                let owner =
                    word.isMember
                    ? named[word.text]?.count == 1
                        ? added[word.text] : nested.contains(word.text) ? nil : owners[word.text]?.first
                    : own.contains(word.text)
                        ? nil
                        : owners[word.text]?.first ?? values[word.text]
                            ?? (word.isCalled ? functions[word.text] : nil)
                guard let owner, owner != folder, let other = order.firstIndex(where: { $0.contains(owner) }),
                    other >= floor
                else { continue }
                found.append("\(path):\(word.line): \(folder) uses \(word.text) of \(owner)")
            }
        }
        return found
    }

    private static func folder(_ path: String) -> String { String(path.prefix { $0 != "/" }) }
}
