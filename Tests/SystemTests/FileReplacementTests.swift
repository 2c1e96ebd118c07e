import Glibc
import System
import Testing

@Suite("Files that are replaced as a whole")
struct FileReplacementTests {
    private let folder = "/tmp/spoa-replacement-\(UInt64.random(in: 0 ... .max))"

    private func names() -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { Array($0.bindMemory(to: CChar.self)) }
            names.append(String(field: name))
        }
        return names.filter { !$0.hasPrefix(".") }
    }

    private func mode(_ path: String) -> mode_t {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & 0o7777 : 0
    }

    @Test("The new one has its own mode and leaves nothing beside it; on failure the old one stays")
    func replaces() throws {
        try #require(mkdir(folder, 0o700) == 0)
        let path = "\(folder)/file"
        defer {
            unlink(path)
            rmdir("\(path).d")
            rmdir(folder)
        }
        try FileReplacement.write("old\n", to: path, mode: 0o600, isDurable: true, action: "write it")
        #expect(mode(path) == 0o600)
        let old = open(path, O_RDONLY)
        defer { close(old) }
        try FileReplacement.write("new\n", to: path, mode: 0o666, forAll: true, action: "write it")
        #expect(mode(path) == 0o666, "whatever the umask is")
        #expect(KernelFile.contents(of: path) == "new\n")
        var bytes = [CChar](repeating: 0, count: 8)
        #expect(read(old, &bytes, 7) == 4 && String(field: bytes) == "old\n", "who reads it goes on")
        #expect(names() == ["file"])

        // What somebody has given it, and where it really is.
        chmod(path, 0o604)
        try #require(symlink("file", "\(folder)/link") == 0)
        defer { unlink("\(folder)/link") }
        try FileReplacement.write(
            "kept\n", to: "\(folder)/link", mode: 0o640, keeps: true, action: "write it")
        #expect(mode(path) == 0o604 && KernelFile.contents(of: path) == "kept\n")
        #expect(unlink("\(folder)/link") == 0)

        try #require(mkdir("\(path).d", 0o700) == 0)
        let error = #expect(throws: SystemError.self) {
            try FileReplacement.write("text", to: "\(path).d", mode: 0o600, action: "write it")
        }
        #expect(error?.description == "cannot write it: Is a directory")
        #expect(names().sorted() == ["file", "file.d"])
        let missing = #expect(throws: SystemError.self) {
            try FileReplacement.write("text", to: "\(folder)/no/file", mode: 0o600, action: "write it")
        }
        #expect(missing?.code == ENOENT)
    }
}
