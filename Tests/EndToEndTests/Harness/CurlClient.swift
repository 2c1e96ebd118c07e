import Foundation

/// The curl program, as a client that speaks HTTP/2 without TLS.
struct CurlClient {
    let directory: TemporaryDirectory
    let port: UInt16

    /// Sends one request over HTTP/2 and returns the response's status and body.
    func exchange(_ request: Request) throws -> (status: String, body: String) {
        let bodyFile = directory.file("curl-body-\(UUID().uuidString)")
        let outputFile = directory.file("curl-output-\(UUID().uuidString)")
        try Data(request.body).write(to: URL(fileURLWithPath: bodyFile))
        var arguments = [
            "--silent", "--show-error", "--max-time", "15", "--http2-prior-knowledge", "--path-as-is",
            "--globoff", "--request", request.method, "--write-out", "\n%{http_version} %{http_code}",
        ]
        for field in request.fields { arguments += ["--header", field.description] }
        if !request.body.isEmpty { arguments += ["--data-binary", "@\(bodyFile)"] }
        arguments.append("http://127.0.0.1:\(port)\(request.target)")

        let curl = try ChildProcess(
            try Executables.find("curl"), arguments, outputFile: outputFile, errorFile: outputFile + ".err")
        let exit = try curl.wait()
        guard exit == .status(0) else { throw HarnessError("curl: \(exit) \(curl.errors)") }
        var lines = curl.output.split(separator: "\n", omittingEmptySubsequences: false)
        return (String(lines.removeLast()), lines.joined(separator: "\n"))
    }
}
