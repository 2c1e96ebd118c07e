import Testing

extension EndToEnd {
    @Suite("Command line: options")
    struct OptionTests {
        @Test(
            "option strings that people have are accepted",
            arguments: [
                "",
                "-D -r0 -uhttp://192.168.41.10:10100",
                "-a 0.0.0.0 -p 12345 -b 64 -i 10s -m 16380 -n 2 -t 0",
                "--address=:: --port=12346 --connection-backlog=1 --monitor-interval=500ms --num-workers=1",
                "--address unix@/tmp/agent.sock,mode=0660 --metrics-address unix@/tmp/m.sock,group=root",
                "--allow-destination https://h:8443 -u https://h:8443/x",
                "--address unix@/tmp/agent.sock --mirror-url https://mirror.example.test/base/",
                "-c fragmentation -c pipelining -c async --processing-delay 10us --runtime 1d",
                "-B epoll -F /tmp/agent.pid --logfile=A:/tmp/agent.log",
                "-B poll -l /tmp/agent.log", "-B select -l w:/tmp/agent.log",
                "-I 127.0.0.1 -P 20000-20100", "--mirror-interface lo --mirror-local-port 20000",
            ])
        func acceptsOptions(options: String) throws {
            let run = try CommandLineRun(options.split(separator: " ").map(String.init) + ["--check"])
            #expect(run.exit == .status(0), "\(run.errors)")
        }

        @Test(
            "a wrong option is one line on standard error and status 64",
            arguments: [
                "--no-such-option", "stray", "--port", "-p 65536", "-p abc", "-b x", "-b -1", "-B kqueue",
                "-c telepathy", "-i 5x", "-i soon", "-l w:", "-l A:", "-m 255", "-m 16777217", "-m x", "-n x",
                "-n -1",
                "-r 5y", "-r -1s", "-t 1.2.3", "-u ftp://mirror.example.test/", "-u nonsense", "-u http://",
                "-a unix@", "-P 70000", "-P 20-10", "-a 127.0.0.1,mode=660", "-a unix@/tmp/s,mode=9",
                "-a unix@/tmp/s,level=user", "--metrics-address 127.0.0.1:9,mode=660",
                "--metrics-address unix@/tmp/s,group=nosuchgroup",
                "--allow-destination ftp://h", "--allow-destination https://h -u http://h/",
            ])
        func refusesOptions(options: String) throws {
            let words = options.split(separator: " ").map(String.init)
            for arguments in [words, words + ["--check"]] {
                let run = try CommandLineRun(arguments)
                #expect(run.exit == .status(64), "\(arguments): \(run.errors)")
                #expect(run.errorLines.count == 1, "\(arguments): \(run.errors)")
                #expect(run.output.isEmpty)
            }
        }

        @Test("help names every option", arguments: ["-h", "--help"])
        func helps(option: String) throws {
            let run = try CommandLineRun([option])
            #expect(run.exit == .status(0))
            #expect(run.errors.isEmpty)
            let options = [
                "-a, --address", "-p, --port", "-b, --connection-backlog", "-B, --libev-backend",
                "-c, --capability",
                "-D, --daemonize", "-F, --pidfile", "-i, --monitor-interval", "-l, --logfile",
                "-m, --max-frame-size",
                "-n, --num-workers", "-r, --runtime", "-t, --processing-delay", "-u, --mirror-url",
                "-I, --mirror-interface", "-P, --mirror-local-port", "--check", "-V, ", "-h, --help",
            ]
            for option in options {
                #expect(run.output.contains(option))
            }
        }

        @Test("the version comes with those of the libraries", arguments: ["-V", "--version"])
        func tellsVersions(option: String) throws {
            let run = try CommandLineRun([option])
            #expect(run.exit == .status(0))
            for word in ["spoa-mirror", "libev", "libcurl", "epoll"] {
                #expect(run.output.contains(word), "\(run.output)")
            }
        }
    }
}
