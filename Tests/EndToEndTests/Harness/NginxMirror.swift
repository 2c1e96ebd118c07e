/// A real nginx in front of a recording mirror: it ends TLS and HTTP/2, and tells in fields of its own what it saw.
final class NginxMirror {
    /// What is behind it.
    let recorder: RecordingMirror
    let port: UInt16
    private let process: ChildProcess

    /// The fields that it adds for the recorder.
    static let protocolField = "x-seen-protocol"
    static let connectionField = "x-seen-connection"
    static let serverNameField = "x-seen-sni"
    static let trailersField = "x-seen-te"

    /// Starts nginx and waits until it accepts.
    ///
    /// - Parameters:
    ///   - name: of its files, for tests that have several in one directory.
    ///   - listen: what stands behind the address on the `listen` line, such as `ssl http2`.
    ///   - lines: more lines of the server.
    init(
        _ name: String = "nginx", listen: String, lines: [String] = [], in directory: TemporaryDirectory,
        script: @escaping RecordingMirror.Script = RecordingMirror.normal
    ) throws {
        recorder = try RecordingMirror(script)
        port = try Ports.free()
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map { "\($0)_temp_path \(directory.file("\(name).\($0)"));" }
        let configuration = try directory.write(
            """
            daemon off;
            master_process off;
            pid \(directory.file("\(name).pid"));
            error_log stderr warn;
            events { worker_connections 512; }
            http {
                access_log off;
                client_max_body_size 0;
                large_client_header_buffers 8 32k;
                underscores_in_headers on;
                ignore_invalid_headers off;
                \(temporary.joined(separator: "\n    "))
                server {
                    listen 127.0.0.1:\(port) \(listen);
                    \(lines.joined(separator: "\n        "))
                    location / {
                        proxy_pass http://127.0.0.1:\(recorder.port);
                        proxy_http_version 1.1;
                        proxy_set_header Connection "";
                        proxy_set_header Host $http_host;
                        proxy_set_header \(Self.protocolField) $server_protocol;
                        proxy_set_header \(Self.connectionField) $connection;
                        proxy_set_header \(Self.serverNameField) $ssl_server_name;
                        proxy_set_header \(Self.trailersField) $http_te;
                    }
                }
            }

            """, to: "\(name).conf")
        process = try ChildProcess(
            try Executables.find("nginx"), ["-e", "stderr", "-c", configuration],
            outputFile: directory.file("\(name).out"), errorFile: directory.file("\(name).err"))
        let (process, endpoint) = (process, Endpoint.loopback(port))
        try eventually("nginx accepts on \(endpoint)", evidence: { process.errors }) {
            if let exit = process.poll() { throw HarnessError("nginx ended, \(exit): \(process.errors)") }
            return (try? Socket.connect(to: endpoint)) != nil
        }
    }

    var log: String { process.errors }
}

extension RecordedRequest {
    /// The fields that came to nginx, in their order, without those that nginx sends for itself.
    var fieldsBeforeNginx: [HeaderField] {
        let own = ["host", "connection", "content-length"]
        return head.fields.filter {
            !$0.name.lowercased().hasPrefix("x-seen-") && !own.contains($0.name.lowercased())
        }
    }
}
