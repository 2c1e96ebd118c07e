/// A real HAProxy, configured as examples/haproxy has it, but for addresses and its log.
final class HAProxy {
    let port: UInt16
    private let process: ChildProcess

    /// Starts it between production and the agent, and returns when a request has come through.
    init(production: UInt16, agent: UInt16, in workshop: Workshop) throws {
        port = try Sockets.freePort()
        let spoe = workshop.path("spoe-mirror.conf")
        let configuration = workshop.path("haproxy.cfg")
        try writeFile(spoe, try Self.example("spoe-mirror.conf"))
        let template = try Self.example(Self.exampleName(Self.version(in: workshop)))
        // A line of log per request and copy would be measured too: nothing is logged.
        let lines = template.split(separator: "\n", omittingEmptySubsequences: false)
            .filter { !$0.contains("log /dev/log") }
        try writeFile(
            configuration,
            lines.joined(separator: "\n")
                .replacing("bind :80", with: "bind 127.0.0.1:\(port)")
                .replacing("127.0.0.1:8080", with: "127.0.0.1:\(production)")
                .replacing("127.0.0.1:12345", with: "127.0.0.1:\(agent)")
                .replacing("/etc/haproxy/spoe-mirror.conf", with: spoe))
        process = try workshop.start("haproxy", ["haproxy", "-db", "-f", configuration])
        try process.waitUntil { [port] in
            (try? Sockets.get("/", port: port))?.hasPrefix("HTTP/1.1 200 ") == true
        }
    }

    /// As in "HAProxy version 2.6.12-1 2023/12/16".
    static func version(in workshop: Workshop) -> String {
        let line = workshop.output(of: ["haproxy", "-v"]).split(separator: "\n").first ?? ""
        return line.split(separator: " ").first { $0.first?.isNumber == true }.map(String.init) ?? "?"
    }

    /// SPOP has a mode of its own since 3.1.
    private static func exampleName(_ version: String) -> String {
        let parts = version.split(separator: ".").compactMap { Int($0) }
        return parts.count > 1 && (parts[0], parts[1]) >= (3, 1) ? "haproxy-3.1.cfg" : "haproxy.cfg"
    }

    private static func example(_ name: String) throws -> String {
        guard let text = readFile("examples/haproxy/\(name)") else {
            throw Failure(
                "there is no examples/haproxy/\(name) here: start this from the project's directory")
        }
        return text
    }
}
