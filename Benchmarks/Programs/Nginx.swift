/// An nginx that answers at once, as production or as a healthy mirror, and counts.
final class Nginx {
    let port: UInt16
    private let process: ChildProcess

    init(_ name: String, in workshop: Workshop) throws {
        port = try Sockets.freePort()
        let configuration = workshop.path("\(name).conf")
        try writeFile(configuration, Self.configuration(name, port, workshop))
        process = try workshop.start(
            name, ["nginx", "-e", workshop.path("\(name).error"), "-c", configuration])
        try process.waitUntil { [port] in Sockets.isListening(port) }
    }

    var pid: Int32 { process.pid }

    /// Requests and connections so far, those that ask for them left out.
    func counts() throws -> MirrorCounts {
        let answer = try Sockets.get("/-/status", port: port)
        // "server accepts handled requests", and below it the three numbers.
        guard let line = answer.split(separator: "\n").first(where: { $0.hasPrefix(" ") }) else {
            throw Failure("nginx tells no status")
        }
        let numbers = line.split(whereSeparator: { !$0.isNumber }).compactMap { Int($0) }
        guard numbers.count == 3 else { throw Failure("nginx tells an unknown status: \(line)") }
        asked += 1
        return MirrorCounts(requests: numbers[2] - asked, connections: numbers[0] - asked)
    }

    private var asked = 0

    private static func configuration(_ name: String, _ port: UInt16, _ workshop: Workshop) -> String {
        let folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map {
            "    \($0)_temp_path \(workshop.path("\(name).\($0)"));\n"
        }
        return """
            daemon off;
            master_process off;
            pid \(workshop.path("\(name).pid"));
            worker_rlimit_nofile 16384;
            events { worker_connections 8192; }
            http {
                access_log off;
                keepalive_timeout 600s;
                keepalive_requests 1000000000;
                client_max_body_size 0;
            \(folders.joined())
                server {
                    listen 127.0.0.1:\(port) backlog=4096;
                    location / { return 200 "ok\\n"; }
                    location = /-/status { stub_status; }
                }
            }

            """
    }
}
