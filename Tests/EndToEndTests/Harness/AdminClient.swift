import AdminSocket
import Foundation

/// A client of an admin socket, as socat is one.
enum AdminClient {
    /// The answer to `show version`.
    static let versionAnswer = "\(Release.number)\n\n"

    /// Sends one line and returns everything up to the close.
    static func ask(_ line: String, at path: String) throws -> String {
        let socket = try Socket.connect(to: .unix(path))
        try socket.write("\(line)\n")
        socket.endWriting()
        return String(decoding: try socket.readToEnd(), as: UTF8.self)
    }
}

/// A finished run of mirrorctl.
struct MirrorctlRun {
    let status: Int32
    let output: String
    let errors: String

    /// Runs `mirrorctl ARGUMENTS` to its end, with `input` piped in.
    init(
        _ arguments: [String], socket: String? = nil, asUser user: uid_t? = nil, outputFile: String? = nil,
        input: String? = nil
    ) throws {
        let directory = try TemporaryDirectory()
        var command = [try Executables.mirrorctl()] + arguments
        if let user {
            // Where that user can execute it.
            _ = chmod(directory.file("."), 0o755)
            try FileManager.default.copyItem(atPath: command[0], toPath: directory.file("mirrorctl"))
            command[0] = directory.file("mirrorctl")
            command =
                [
                    try Executables.find("setpriv"), "--reuid", "\(user)", "--regid", "\(user)",
                    "--clear-groups",
                ] + command
        }
        if let input {
            let file = try directory.write(input, to: "in")
            command = ["/bin/sh", "-c", "exec \"$@\" <'\(file)'", "sh"] + command
        }
        let process = try ChildProcess(
            command[0], Array(command.dropFirst()), outputFile: outputFile ?? directory.file("out"),
            errorFile: directory.file("err"),
            environment: ["MIRRORCTL_SOCKET": socket ?? "/nonexistent/admin.sock"])
        guard case .status(let status) = try process.wait() else {
            throw HarnessError("mirrorctl was killed")
        }
        self.status = status
        output = process.output
        errors = process.errors
    }
}
