internal import AdminSocket
internal import SPOP
internal import System

/// The command line, checked and in the types the agent works with.
struct Configuration: Sendable {
    var address: ListenAddress
    /// The command line says where to listen, which nobody does when a service manager passes sockets.
    var namesAddress: Bool
    var backlog: Int32
    var backend: Backend?
    var sessionLimits: Session.Limits
    var daemonize: Bool
    /// Absolute, or nil.
    var pidFile: String?
    var monitorInterval: Duration
    var logFile: LogFile.Location?
    var usesSyslog: Bool
    var workers: Int
    /// Zero runs for ever.
    var runtime: Duration
    var processingDelay: Duration
    var messageName: String
    var settings: Settings
    var adminSockets: [AdminSocketOption]
    /// Where Prometheus asks; nil for nowhere.
    var metricsAddress: ListenAddress?
    /// Absolute, or nil.
    var stateFile: String?
    /// The settings that the command line names.
    var given: Set<SettingName> = []
    /// Who the agent becomes, if it is somebody else.
    var identity: Identity?
    var allowsCore: Bool
    /// What copies are given when the agent stops.
    var drainTimeout: Duration
}
