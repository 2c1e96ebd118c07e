import Foundation

/// A directory that is removed, with all that is in it, when its owner lets go of it.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        // Short, since a UNIX socket's path has to fit into 107 bytes.
        let parent = FileManager.default.temporaryDirectory.path
        let template = "\(parent)/spoa-e2e-XXXXXX"
        var bytes = Array(template.utf8CString)
        guard mkdtemp(&bytes) != nil else { throw HarnessError("mkdtemp \(template): errno \(errno)") }
        path = String(decoding: bytes.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// The path of `name` inside the directory.
    func file(_ name: String) -> String {
        "\(path)/\(name)"
    }

    /// Writes `text` to the file `name` and returns its path.
    func write(_ text: String, to name: String) throws -> String {
        try Data(text.utf8).write(to: URL(fileURLWithPath: file(name)))
        return file(name)
    }
}

/// The text of the file at `path`; empty if there is none (yet).
func contents(of path: String) -> String {
    guard let data = FileManager.default.contents(atPath: path) else { return "" }
    return String(decoding: data, as: UTF8.self)
}
