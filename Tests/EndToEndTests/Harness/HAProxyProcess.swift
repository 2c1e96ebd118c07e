import Foundation

/// A running HAProxy.
final class HAProxyProcess {
    let directory: TemporaryDirectory
    private let executable: String
    private let configurationFile: String
    private let launcher: [String]
    private var process: ChildProcess
    private var predecessors: [ChildProcess] = []

    /// Starts HAProxy and waits until it is ready.
    convenience init(
        _ version: HAProxyVersion, _ configuration: HAProxyConfiguration, in directory: TemporaryDirectory
    ) throws {
        let spoeFile = try directory.write(configuration.spoeFile(), to: "spoe.cfg")
        let mainFile = configuration.mainFile(
            spoeFile: spoeFile, statisticsSocket: Self.statisticsSocket(in: directory))
        try self.init(version, file: directory.write(mainFile, to: "haproxy.cfg"), in: directory)
    }

    /// Starts HAProxy with the configuration `file`, in which there is our `statisticsSocket`, and waits until it is
    /// ready. `launcher` is a command that executes the one behind it, in other circumstances.
    init(
        _ version: HAProxyVersion, file: String, launcher: [String] = [], in directory: TemporaryDirectory
    ) throws {
        self.directory = directory
        self.launcher = launcher
        executable = try version.executable()
        configurationFile = file
        process = try Self.start(launcher + [executable], configurationFile, generation: 1, in: directory)
        try waitUntilReady(process)
    }

    /// Replaces the process by a new one without closing the listening sockets, as `systemctl reload` does;
    /// returns once the new one answers and the old one, which may first finish what it is at, has ended.
    func reload() throws {
        // The new process gets the listening sockets through the statistics socket (-x) and then tells the old
        // one to finish (-sf). The master process does the same, but would be a second process to look after.
        let successor = try Self.start(
            launcher + [executable], configurationFile,
            ["-x", Self.statisticsSocket(in: directory), "-sf", String(process.pid)],
            generation: predecessors.count + 2, in: directory)
        try waitUntilReady(successor)
        let predecessor = process
        predecessors.append(predecessor)
        process = successor
        _ = try predecessor.wait()
    }

    /// Ends HAProxy.
    func stop() {
        process.kill()
    }

    var isRunning: Bool { process.isRunning }

    /// All it has logged, over all reloads.
    var log: String {
        let processes = predecessors + [process]
        return (processes.map(\.output) + processes.map(\.errors)).joined()
    }

    /// What the mirror's filter has logged since the start or the last reload.
    var filterLog: [SPOELogLine] {
        let text = try? statistics.run("show events \(HAProxyConfiguration.filterLog)")
        return SPOELogLine.all(in: text ?? "")
    }

    var statistics: HAProxyStatistics {
        HAProxyStatistics(socket: .unix(Self.statisticsSocket(in: directory)))
    }

    /// Where HAProxy in `directory` is asked for what it has seen.
    static func statisticsSocket(in directory: TemporaryDirectory) -> String {
        directory.file("stats.sock")
    }

    private static func start(
        _ command: [String], _ configurationFile: String, _ arguments: [String] = [], generation: Int,
        in directory: TemporaryDirectory
    ) throws -> ChildProcess {
        // Each process gets files of its own: HAProxy takes O_APPEND off the descriptors it logs to.
        try ChildProcess(
            command[0], command.dropFirst() + ["-db", "-f", configurationFile] + arguments,
            outputFile: directory.file("haproxy.\(generation).out"),
            errorFile: directory.file("haproxy.\(generation).err"))
    }

    private func waitUntilReady(_ process: ChildProcess) throws {
        try eventually("HAProxy is ready", evidence: { process.output + process.errors }) {
            if let exit = process.poll() {
                throw HarnessError("HAProxy ended at once, \(exit): \(process.output)\(process.errors)")
            }
            return try statistics.processID() == process.pid
        }
    }
}
