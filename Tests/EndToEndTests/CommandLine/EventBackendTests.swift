import Testing

extension EndToEnd {
    @Suite("Command line: event mechanisms")
    struct EventBackendTests {
        @Test("every mechanism the version names works")
        func everyBackend() throws {
            let version = try CommandLineRun(["-V"])
            let line = try #require(version.output.split(separator: "\n").first { $0.contains("backends:") })
            let backends = line.split(separator: " ").drop { $0 != "backends:" }.dropFirst()
            #expect(!backends.isEmpty)
            for backend in backends {
                let scenario = try Scenario(.debian, agentArguments: ["--libev-backend", String(backend)])
                let frontend = scenario.frontend
                _ = try concurrently(10) { client in
                    try (0..<10).map { round in
                        var connection = try RawClient(frontend)
                        return try connection.exchange(Request(target: "/\(client)/\(round)")).status
                    }
                }
                try expectAcknowledged(100, in: scenario)
                try expectMirroredOnce(100, in: scenario)
            }
        }

        @Test("one that is not here is refused with those that are")
        func missingBackend() throws {
            let version = try CommandLineRun(["-V"])
            let all = ["select", "poll", "epoll", "linuxaio", "iouring"]
            let missing = all.filter { backend in
                !version.output.split { $0 == " " || $0 == "\n" }.contains { $0 == backend }
            }
            for backend in missing {
                let run = try CommandLineRun(["-B", backend])
                #expect(run.exit != .status(0))
                #expect(run.errorLines.count == 1 && run.errors.contains("epoll"), "\(run.errors)")
            }
        }
    }
}
