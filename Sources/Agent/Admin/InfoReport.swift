internal import Glibc
internal import System

/// What `show info` tells: who the daemon is and what it does.
struct InfoReport: Encodable {
    /// The version of the JSON form; raised when a field changes its meaning or goes.
    let format = 1
    let name = "spoa-mirror"
    let version = Version.number
    let pid = getpid()
    let uptimeSec: Int
    let listen: String
    let destination: String
    /// `mirroring`, `paused` or `stopping`.
    let state: String
    /// Seconds left of a pause that ends by itself.
    let pauseLeftSec: Int?
    let sampleRate: String
    let tlsVerification: Bool
    let httpVersion: String
    let workers: Int
    let backend: String
    let libev = Version.libev
    let libcurl = Version.libcurl

    init(_ agent: RunningAgent) {
        let settings = agent.settings.settings
        uptimeSec = Int(MonotonicClock.now - agent.startedAt)
        listen = "\(agent.configuration.address)"
        destination = settings.destination.url.text
        state = agent.isStopping ? "stopping" : settings.destination.isPaused ? "paused" : "mirroring"
        pauseLeftSec = agent.settings.pausedUntil.map { max(0, $0 - time(nil)) }
        sampleRate = "\(settings.destination.sampleRate)"
        tlsVerification = !settings.destination.transport.isInsecure
        httpVersion = settings.destination.transport.httpVersion.rawValue
        workers = agent.workers.count
        backend = agent.backend
    }

    /// `Name: value`, one a line.
    var lines: [String] {
        [
            "Name: \(name)",
            "Version: \(version)",
            "Pid: \(pid)",
            "Uptime_sec: \(uptimeSec)",
            "Listen: \(listen)",
            "Destination: \(destination)",
            "State: \(state)",
            pauseLeftSec.map { "Pause_left_sec: \($0)" },
            "Sample_rate: \(sampleRate)",
            "Tls_verification: \(tlsVerification ? "on" : "off (--tls-insecure)")",
            "Http_version: \(httpVersion)",
            "Workers: \(workers)",
            "Backend: \(backend)",
            "Libev: \(libev)",
            "Libcurl: \(libcurl)",
        ].compactMap(\.self)
    }
}
