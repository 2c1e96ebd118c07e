import Foundation

/// A file in the place of another one, for one program alone (unshare(1), mount(8)). Needs root.
enum FileMount {
    /// Whether this process may do so, for tests to say that they are skipped.
    static let isPossible = (try? succeeds()) == true

    /// The command that executes the one behind it where `place` is `file`.
    static func launcher(_ file: String, over place: String) throws -> [String] {
        [
            try Executables.find("unshare"), "--mount", "/bin/sh", "-c",
            #"mount --bind "$1" "$2" && shift 2 && exec "$@""#, "sh", file, place,
        ]
    }

    private static func succeeds() throws -> Bool {
        let directory = try TemporaryDirectory()
        let file = try directory.write("", to: "file")
        let command = try launcher(file, over: file) + ["/bin/true"]
        let process = try ChildProcess(
            command[0], Array(command.dropFirst()), outputFile: directory.file("out"),
            errorFile: directory.file("err"))
        return try process.wait() == .status(0)
    }
}
