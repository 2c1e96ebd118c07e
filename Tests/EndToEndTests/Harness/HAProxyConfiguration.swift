/// What HAProxy is to do, as the text of its two configuration files.
struct HAProxyConfiguration: Sendable {
    /// The mode of the backend that holds the agent.
    enum AgentMode: String, Sendable {
        case tcp
        case spop
    }

    let frontend: Endpoint
    let production: Endpoint
    var agent: Endpoint
    var agentMode: AgentMode
    /// `tune.bufsize`, which bounds the body HAProxy can copy.
    var bufferSize: Int?
    /// What the frontend is told about request bodies; empty leaves them to arrive as they do.
    var bodyLine = "option http-buffer-request"
    /// `max-frame-size` of the agent's section.
    var maxFrameSize: Int?
    /// Whether HAProxy checks the agent's health.
    var checksHealth = true
    /// The SPOE message HAProxy sends, and its arguments.
    var messageName = "mirror"
    var messageArguments = HAProxyConfiguration.allArguments
    /// When HAProxy sends the message.
    var event = "on-frontend-http-request"
    /// What stands behind the event, as the documentation has it: without `checksHealth` it always holds.
    var condition = "if { nbsrv(\(HAProxyConfiguration.agentBackend)) gt 0 }"
    /// How long a request waits for the agent. Far longer than production would want, so that a slow machine makes
    /// no test fail.
    var processingTimeout = "10s"
    /// More lines for the `global` section.
    var globalLines: [String] = []
    /// More lines for the frontend.
    var frontendLines: [String] = []
    /// More lines for the `spoe-agent` section, such as `no option pipelining`.
    var agentLines: [String] = []

    init(frontend: Endpoint, production: Endpoint, agent: Endpoint, agentMode: AgentMode) {
        self.frontend = frontend
        self.production = production
        self.agent = agent
        self.agentMode = agentMode
    }

    /// The arguments as the documentation gives them.
    static let allArguments = [
        "arg_method=method", "arg_path=url", "arg_ver=req.ver", "arg_hdrs=req.hdrs_bin", "arg_body=req.body",
        "arg_size=req.body_size",
    ]

    /// The name of the agent's section, which HAProxy's log mentions.
    static let agentName = "mirror"

    /// The backend that holds the agent, and the name of the agent in it.
    static let agentBackend = "mirroragents"
    static let agentServer = "agent1"

    /// Where the filter logs: a buffer in HAProxy's memory. Its threads drop lines when they write to a descriptor or
    /// a socket at once, and tests count these lines.
    static let filterLog = "filterlog"

    /// haproxy.cfg.
    func mainFile(spoeFile: String, statisticsSocket: String) -> String {
        // Patient, since `inter` is also how long a check may take to connect, and a starved machine is not an agent
        // that is down; but quick to notice that it is back.
        let check = checksHealth ? "check inter 1s fastinter 500ms downinter 100ms fall 3 rise 1" : ""
        return """
            global
                log stdout format raw local0
                stats socket \(statisticsSocket) mode 600 level admin expose-fd listeners
                maxconn 2000
                hard-stop-after 10s
            \(indented(globalLines + (bufferSize.map { ["tune.bufsize \($0)"] } ?? [])))

            ring \(Self.filterLog)
                format raw
                maxlen 1024
                size 4194304

            defaults
                mode http
                log global
                timeout connect 5s
                timeout client 30s
                timeout server 30s

            frontend www
                bind \(frontend.haproxyAddress)
                \(bodyLine)
                filter spoe engine mirror config \(spoeFile)
                default_backend production
            \(indented(frontendLines))

            backend production
                server production1 \(production.haproxyAddress)

            backend \(Self.agentBackend)
                mode \(agentMode.rawValue)
            \(indented(checksHealth ? ["option spop-check"] : []))
                timeout server 3m
                timeout check 5s
                server \(Self.agentServer) \(agent.haproxyAddress) \(check)

            """
    }

    /// The file the filter names.
    func spoeFile() -> String {
        var lines = agentLines
        if let maxFrameSize { lines.append("max-frame-size \(maxFrameSize)") }
        // The newer releases have no use for these two, and say so at each start.
        if agentMode == .tcp { lines += ["timeout hello 5s", "timeout idle 1m"] }
        return """
            [mirror]
            spoe-agent \(Self.agentName)
                log ring@\(Self.filterLog) format raw local0
                messages \(messageName)
                timeout processing \(processingTimeout)
                use-backend \(Self.agentBackend)
            \(indented(lines))

            spoe-message \(messageName)
                args \(messageArguments.joined(separator: " "))
                event \(event) \(condition)

            """
    }

    private func indented(_ lines: [String]) -> String {
        lines.map { "    \($0)" }.joined(separator: "\n")
    }
}

extension Endpoint {
    /// The address as `bind` and `server` lines write it.
    var haproxyAddress: String {
        switch self {
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): "unix@\(path)"
        }
    }
}
