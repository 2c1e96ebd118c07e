/// HAProxy's statistics socket.
struct HAProxyStatistics {
    let socket: Endpoint

    /// The state of the agent as HAProxy's health checks see it.
    struct ServerHealth: Equatable, CustomStringConvertible {
        /// `UP`, `DOWN`, or either with a count of checks on the way to the other.
        let status: String
        /// How the last check went, such as `L7OK`; `INI` or empty before the first.
        let lastCheck: String

        var isUp: Bool { status == "UP" && lastCheck == "L7OK" }
        var isDown: Bool { status == "DOWN" }
        var description: String { "\(status) (\(lastCheck))" }
    }

    /// Sends one command and returns what it printed; nil if nobody listens.
    func run(_ command: String) throws -> String? {
        guard let connection = try? Socket.connect(to: socket) else { return nil }
        try connection.write("\(command)\n")
        return String(decoding: try connection.readToEnd(), as: UTF8.self)
    }

    /// The process that answers on the socket; nil if none does.
    func processID() throws -> Int32? {
        try run("show info")?.split(separator: "\n").first { $0.hasPrefix("Pid: ") }
            .flatMap { Int32($0.dropFirst("Pid: ".count)) }
    }

    func agentHealth() throws -> ServerHealth {
        try health(of: HAProxyConfiguration.agentServer)
    }

    /// The same for one of several agents.
    func health(of server: String) throws -> ServerHealth {
        let row = try agentServer(server)
        // A star marks a check that is under way.
        let lastCheck = (row["check_status"] ?? "").drop { $0 == "*" || $0 == " " }
        return ServerHealth(status: row["status"] ?? "", lastCheck: String(lastCheck))
    }

    /// The number of connections to the agent that were ever opened, health checks not counted.
    func agentConnections() throws -> Int {
        Int(try agentServer(HAProxyConfiguration.agentServer)["connect"] ?? "") ?? 0
    }

    private func agentServer(_ name: String) throws -> [String: String] {
        let lines = (try run("show stat") ?? "").split(separator: "\n")
        guard let header = lines.first?.drop(while: { $0 == "#" || $0 == " " }) else { return [:] }
        let names = header.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        for line in lines.dropFirst() {
            let values = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            let row = Dictionary(zip(names, values)) { first, _ in first }
            if row["pxname"] == HAProxyConfiguration.agentBackend, row["svname"] == name { return row }
        }
        throw HarnessError("HAProxy's statistics do not mention the agent")
    }
}
