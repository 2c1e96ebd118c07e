import Foundation
import Testing

extension EndToEnd.DestinationsTests {
    @Test("added, changed, paused and deleted under traffic, every book agrees with its mirror's log")
    func changes() throws {
        let stage = try DestinationsStage(["-n", "2"])
        let third = try RecordingMirror()
        let client = try SPOPClient(stage.agent.endpoint)
        var sent = 0
        func send(_ count: Int = 20) throws {
            for _ in 0..<count {
                try client.notify(.init(target: "/\(sent)"))
                sent += 1
            }
        }
        func ask(_ line: String, _ expected: String) throws {
            let answer = try stage.agent.ask(line)
            #expect(answer.hasPrefix(expected), "\(line): \(answer)")
        }
        try send()
        try ask(
            "add destination audit http://127.0.0.1:\(third.port)/ methods POST",
            "Destination audit added: http://127.0.0.1:\(third.port)/.")
        try send()
        try ask("set audit methods all", "Methods of audit set to all (was POST).")
        try send()
        try ask("pause ids", "Destination ids paused until the agent restarts.")
        try send()
        try ask("pause", "Mirroring paused")
        try ask("resume ids", "Destination ids resumed, but all are paused: 'resume' ends that.")
        try send()
        try ask("resume", "Mirroring resumed.")
        try ask("pause default 1h", "Destination default paused for 1h, or until the agent restarts.")
        try send()
        try ask("resume", "Mirroring resumed.")
        try ask("set ids sample-rate 0%", "Sample rate of ids set to 0% (was 100%).")
        try send()
        try ask("reset ids sample-rate", "Reset of ids: sample-rate to 100% (was 0%).")
        try send()
        let books = try stage.settle(sent)
        #expect(books["default"]?["completed"] == 120 && stage.first.requests.count == 120)
        #expect(books["ids"]?["completed"] == 100 && stage.second.requests.count == 100)
        #expect(books["audit"]?["completed"] == 100 && third.requests.count == 100)
        #expect(books["audit"]?["received"] == 140 && books["audit"]?["skipped"] == 40)
        let isBalanced = books.values.allSatisfy(\.isBalanced)
        #expect(isBalanced)
        let counters = try stage.agent.counters()
        #expect(counters["received"] == sent && counters["completed"] == 140 && counters.isBalanced)

        try ask("delete destination ids", "Destination ids deleted;")
        try send()
        let rest = try stage.settle(sent)
        #expect(Set(rest.keys) == ["default", "audit"] && stage.second.requests.count == 100)
        let total = try stage.agent.counters()
        #expect(total["received"] == sent && total["completed"] == 160 && total.isBalanced)
    }

    @Test("what was changed outlives a restart, and what the command line says comes back with reset")
    func restart() throws {
        let directory = try TemporaryDirectory()
        let file = directory.file("state")
        let (first, second) = (try RecordingMirror(), try RecordingMirror())
        func start() throws -> WatchedAgent {
            try WatchedAgent(
                mirrorURL: "http://127.0.0.1:\(first.port)/",
                [
                    "--state-file", file, "--timeout", "7s",
                    "--destination", "ids=http://127.0.0.1:\(second.port)/,sample-rate=50%",
                    "--destination", "old=http://127.0.0.1:\(second.port)/old",
                ], in: directory)
        }
        func run(_ body: (WatchedAgent) throws -> Void) throws {
            let agent = try start()
            try body(agent)
            #expect(try agent.process.terminate() == .status(0))
        }
        try run { agent in
            for line in [
                "add destination audit http://127.0.0.1:\(second.port)/audit timeout 3s headers set:X-Key:\\ secret",
                "set ids sample-rate 20%", "delete destination old", "set audit max-queue 5",
            ] { _ = try agent.ask(line) }
            #expect(
                try agent.ask("show info").contains(
                    "Unsaved: destination audit, destination ids, destination old\n"))
            #expect(try agent.ask("save state") == "State saved to \(file) (6 settings).\n\n")
            #expect(try agent.ask("show info").contains("Unsaved: none\n"))
            _ = try agent.ask("pause audit")
        }
        let text = try String(contentsOfFile: file, encoding: .utf8)
        #expect(text.contains("\nadd destination audit http://127.0.0.1:\(second.port)/audit\n"))
        #expect(text.contains("\ndelete destination old\n") && text.contains("\nset ids sample-rate 20%\n"))
        #expect(text.contains("\npause audit\n"), "at once, without save")
        try run { agent in
            let figures = try DestinationsStage.figures(agent)
            #expect(Set(figures.keys) == ["default", "ids", "audit"])
            #expect(figures["ids"]?.text("sample_rate") == "20%")
            #expect(
                figures["audit"]?.text("state") == "paused" && figures["default"]?.text("state") == "idle")
            let settings = try agent.ask("show settings audit")
            #expect(settings.contains("timeout: 3s (default 10s, from state file"), "\(settings)")
            #expect(settings.contains("max-queue: 5 (default 10000, from state file"), "\(settings)")
            #expect(!settings.contains("secret") && settings.contains("headers: set:X-Key: <hidden>"))
            #expect(try agent.ask("show settings ids").contains("timeout: 7s (default 10s, from option"))
            #expect(try agent.ask("show info").contains("Unsaved: none\n"))
            #expect(try agent.ask("reset ids all").hasPrefix("Reset of ids: sample-rate to 50% (was 20%)."))
            _ = try agent.ask("resume")
        }
        try run { agent in
            let figures = try DestinationsStage.figures(agent)
            #expect(figures["ids"]?.text("sample_rate") == "50%")
            #expect(figures["audit"]?.text("state") == "idle")
        }
    }

    @Test("the client names one with an option, or behind the verb")
    func client() throws {
        let stage = try DestinationsStage()
        func run(_ arguments: String...) throws -> (status: Int32, text: String) {
            let run = try MirrorctlRun(arguments, socket: stage.agent.adminSocket)
            return (run.status, run.output + run.errors)
        }
        #expect(
            try run("-d", "ids", "set", "sample-rate", "5%") == (
                0, "Sample rate of ids set to 5% (was 100%).\n"
            ))
        #expect(try run("set", "ids", "timeout", "1s") == (0, "Timeout of ids set to 1s (was 10s).\n"))
        #expect(
            try run("pause", "ids", "10m") == (
                0, "Destination ids paused for 10m, or until the agent restarts.\n"
            ))
        #expect(try run("resume", "-d", "ids") == (0, "Destination ids resumed.\n"))
        #expect(try run("destinations").1.contains("Name: ids\n"))
        #expect(try run("settings", "ids").1.contains("\nsample-rate: 5% (default 100%, from runtime"))
        let refused = try run("-d", "nobody", "set", "sample-rate", "5%")
        #expect(refused.0 == 1 && refused.1.contains("nobody"), "\(refused)")
        let shared = try run("-d", "ids", "set", "log-level", "debug")
        #expect(shared == (1, "mirrorctl: Invalid value: all destinations have log-level in common.\n"))
        #expect(try run("-d", "ids", "flush").0 == 64)
        #expect(try run("delete", "destination", "default").0 == 1)
        #expect(try run("add", "destination", "set", "http://h/").0 == 1)
        #expect(try run("add", "destination", "ids", "http://h/").0 == 1)
    }

    @Test(
        "what the command line cannot have is one line",
        arguments: [
            ("ids", "number 1: NAME=URL[,SETTING=VALUE...] expected"),
            ("Ids=http://h/", "number 1: 'Ids' is no name for a destination"),
            ("default=http://h/", "number 1: default is the destination of --mirror-url"),
            ("timeout=http://h/", "number 1: 'timeout' is no name"),
            ("ids=ftp://h/", "--destination ids:"),
            ("ids=http://h/,timeuot=1s", "number 1: 'timeuot' is no setting"),
            ("ids=http://h/,log-level=debug", "number 1: all destinations have log-level in common"),
            ("ids=http://h/,headers=set:X: a\u{1}secret", "--destination ids:"),
        ])
    func mistakes(option: String, text: String) throws {
        let run = try CommandLineRun(["--check", "--destination", option])
        #expect(
            run.exit != .status(0) && (run.errors + run.output).contains(text), "\(run.errors)\(run.output)")
        #expect(!run.errors.contains("secret") && !run.output.contains("secret"))
    }
}
