import Foundation

/// A program of the system that runs to its end.
struct Program {
    let status: Int32
    /// Standard output and standard error, as they came.
    let output: String

    /// Runs `arguments`, the first of which is looked up in PATH, with `directory` as the current one.
    init(_ arguments: String..., in directory: URL = Documents.root) throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("spoa-\(UUID().uuidString)")
        try Data().write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let handle = try FileHandle(forWritingTo: file)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        process.currentDirectoryURL = directory
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = handle
        process.standardError = handle
        try process.run()
        process.waitUntilExit()
        try handle.close()
        status = process.terminationStatus
        output = try String(contentsOf: file, encoding: .utf8)
    }
}
