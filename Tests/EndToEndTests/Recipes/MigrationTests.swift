import Testing

extension EndToEnd {
    /// What docs/migration.md says.
    @Suite("Migration")
    struct Migration {
        @Test(
            "options of the C spoa-mirror are accepted",
            arguments: [
                "-D -r0 -uhttp://192.168.41.10:10100",
                "--runtime 0 --mirror-url http://test.example --logfile w:/tmp/mirror.log",
                "--max-frame-size=65536 --runtime 0 --mirror-url http://test.example",
                "-a 0.0.0.0 -B epoll -b 10 -c fragmentation -c pipelining -c async -D -F /tmp/mirror.pid -i 5s "
                    + "-l a:/tmp/mirror.log -m 16384 -n 10 -P 20000-20999 -I lo -p 12345 -r 0 -t 0 -u https://test.example",
                "--address=0.0.0.0 --libev-backend=select --connection-backlog=10 --capability=async --daemonize "
                    + "--pidfile=/tmp/mirror.pid --monitor-interval=5000 --logfile=A:/tmp/mirror.log "
                    + "--num-workers=1 --mirror-local-port=20000 --mirror-interface=127.0.0.1 --port=12345 "
                    + "--runtime=1h --processing-delay=0 --mirror-url=http://test.example/",
            ])
        func options(line: String) throws {
            let run = try CommandLineRun(["--check"] + line.split(separator: " ").map(String.init))
            #expect(run.exit == .status(0), "\(run.errors)")
        }

        @Test("-d, which is not there, is one line and exit code 64")
        func debug() throws {
            let run = try CommandLineRun(["-r0", "-d", "7"])
            #expect(run.exit == .status(64))
            #expect(run.errorLines.count == 1 && run.errors.contains("'-d'"), "\(run.errors)")
        }

        @Test(
            "the module's engine file works unchanged, with its backend", arguments: ["", "[mirror]"],
            HAProxyVersion.available)
        func engine(scope: String, version: HAProxyVersion) throws {
            let files = RecipeFiles(
                main: "data-plane-api/haproxy.cfg", engineText: "\(scope)\n\(Self.moduleEngine)",
                changes: scope.isEmpty ? [("spoe engine mirror", "spoe")] : [])
            let stage = try RecipeStage(version, files, agents: [["-r0"]])
            let request = Request(method: "POST", target: "/migration?a=1", body: Array("hello".utf8))
            try stage.send(request)
            let copy = try stage.mirror.request(for: request.target, evidence: stage.evidence)
            #expect(copy.body == request.body)
            #expect(try stage.logLine().status == 0)
        }

        /// As in the reference of the module's documentation.
        private static let moduleEngine = """
            spoe-agent mirror
                log global
                messages mirror
                use-backend mirroragents
                timeout hello 500ms
                timeout idle 5s
                timeout processing 5s

            spoe-message mirror
                args arg_method=method arg_path=url arg_ver=req.ver arg_hdrs=req.hdrs_bin arg_body=req.body
                event on-frontend-http-request

            """
    }
}
