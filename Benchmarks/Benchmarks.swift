import Glibc

/// Measures what the agent costs and whether production would notice it. `make bench` runs it.
@main
enum Benchmarks {
    private static let usage = """
        Benchmarks run AGENT DIRECTORY [OPTION...]   all rows; files go to DIRECTORY, options to each agent
        Benchmarks load NAME=VALUE...                the load generator alone, against an agent that runs:
            port=12345 connections=8 window=4 rate=0 seconds=2 headers=6 bodyBytes=0   (rate 0: closed loop)
        Benchmarks mirror slow|hung|resetting|huge   a mirror that misbehaves; prints its port

        """

    static func main() {
        raiseDescriptorLimit()
        let arguments = CommandLine.arguments.dropFirst()
        do {
            switch arguments.first {
            case "run" where arguments.count >= 3: try BenchmarkRun(Array(arguments.dropFirst())).run()
            case "load": try LoadCommand(arguments.dropFirst()).run()
            case "mirror" where arguments.count == 2: try mirror(arguments.last ?? "")
            default:
                print(usage, terminator: "")
                exit(EX_USAGE)
            }
        } catch {
            log("\(error)")
            exit(1)
        }
    }

    private static func mirror(_ name: String) throws {
        guard let kind = MirrorKind(rawValue: name), kind != .refusing else {
            throw Failure("there is no mirror '\(name)'")
        }
        let server = try MirrorServer(kind)
        print(server.port)
        fflush(nil)
        server.run()
    }

    /// For a thousand connections, here and in the programs that are started.
    private static func raiseDescriptorLimit() {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard getrlimit(resource, &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(resource, &limit)
    }
}
