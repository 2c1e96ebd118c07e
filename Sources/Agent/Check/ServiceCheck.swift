internal import CLinux
internal import Glibc
internal import System

/// The agent as the systemd unit starts it: its options from the unit and the files that the unit names, its user, its places.
struct ServiceCheck {
    static let unit = "spoa-mirror.service"
    private static let socketUnit = "spoa-mirror.socket"

    let arguments: [String]
    private(set) var surroundings = StartCheck.Surroundings()

    /// Acts as the user of the unit from then on, if it may. Nil when there is no such unit.
    init?(into findings: inout Findings, folders: [String] = UnitText.folders) {
        guard let unit = UnitText(Self.unit, in: folders, into: &findings) else {
            findings.add(
                CheckProblem(
                    "there is no \(Self.unit) in \(folders.joined(separator: ", ")); --check behind your options checks these",
                    status: ExitStatus.config))
            return nil
        }
        guard Self.starts(unit, into: &findings) else { return nil }
        let variables = Self.environment(of: unit, into: &findings)
        let words = unit.words("Service.ExecStart")
        arguments = Array(SystemdWords.expand(words, variables).dropFirst())
        let user = Self.user(of: unit, into: &findings)
        surroundings.unit = Self.unit
        surroundings.isInside = Environment.value("INVOCATION_ID") != nil && user?.uid == geteuid()
        // Inside of the sandbox, the kernel itself knows what may be written.
        if !surroundings.isInside { surroundings.places = ServicePlaces(unit) }
        surroundings.bindsAnyPort = unit.words("Service.AmbientCapabilities").contains("CAP_NET_BIND_SERVICE")
        surroundings.hasSocketUnit = folders.contains { folder in
            ["sockets.target.wants", "\(Self.unit).wants"].contains {
                Files.link("\(folder)/\($0)/\(Self.socketUnit)") != nil
            }
        }
        if let user { Self.act(as: user, unit, into: &findings) }
    }

    /// Whether the unit says, once, what it starts.
    private static func starts(_ unit: UnitText, into findings: inout Findings) -> Bool {
        let commands = unit["Service.ExecStart"]
        let problem: String
        if unit.isMasked {
            problem = "it is masked; 'systemctl unmask spoa-mirror' brings it back"
        } else if commands.isEmpty {
            problem = "it has no ExecStart=; 'ExecStart=/usr/sbin/spoa-mirror OPTIONS' expected"
        } else if commands.count > 1 {
            problem =
                "it has \(commands.count) ExecStart=; one expected ('ExecStart=' alone, before another, takes back the first)"
        } else {
            return true
        }
        // What could not be read has been said, and may be why.
        if findings.problems.isEmpty {
            findings.add(CheckProblem("\(unit.path): \(problem)", status: ExitStatus.config))
        }
        return false
    }

    /// Whether an agent starts with the unit's options: some only show something and end.
    static func allow(_ options: Options, into findings: inout Findings) {
        for (option, isGiven) in [
            ("--version", options.version), ("--check", options.check),
            ("--check-service", options.checkService),
        ] where isGiven {
            findings.add(endsAtOnce(option))
        }
        if options.service.daemonize {
            findings.note("-D is not followed: systemd has to know which process stays; leave it out")
        }
    }

    /// Of an option that has no place in a unit.
    static func endsAtOnce(_ option: String) -> CheckProblem {
        CheckProblem(
            "\(option): with this option of the service no agent runs, it ends at once; leave it out",
            status: ExitStatus.config)
    }

    /// Variables of `Environment=` and of the files of `EnvironmentFile=`, which come later, and win.
    static func environment(of unit: UnitText, into findings: inout Findings) -> [String: String] {
        var variables: [String: String] = [:]
        for word in unit.words("Service.Environment") {
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
        }
        for entry in unit["Service.EnvironmentFile"] {
            let path = String(entry.drop { $0 == "-" })
            let code = Files.refusal(path, R_OK)
            guard code == 0 else {
                if code != ENOENT {
                    findings.note("\(path) cannot be read by this user: its options are not checked")
                } else if path == entry {
                    findings.add(
                        CheckProblem(
                            "\(path): the unit needs this file, and it is not there",
                            status: ExitStatus.config))
                }
                continue
            }
            let text: EnvironmentText
            do { text = EnvironmentText(try Files.text(of: path)) } catch {
                findings.add(error)
                continue
            }
            variables.merge(text.variables) { $1 }
            for remark in text.remarks {
                findings.add(
                    CheckProblem("\(path), line \(remark.line): \(remark.text)", status: ExitStatus.config))
            }
        }
        return variables
    }

    private static func user(of unit: UnitText, into findings: inout Findings) -> Identity.User? {
        guard let name = unit["Service.User"].last else { return nil }
        do throws(InvalidValue) { return try Identity.User(name) } catch {
            findings.add(
                CheckProblem(
                    "there is no user \(name), whom the unit names (User=); systemd-sysusers makes it",
                    status: ExitStatus.config))
            return nil
        }
    }

    private static func act(as user: Identity.User, _ unit: UnitText, into findings: inout Findings) {
        guard user.uid != geteuid() else { return }
        guard geteuid() == 0 else {
            return findings.note(
                "files are checked with your rights, not with those of \(user.name); root can check with these"
            )
        }
        var groups = unit.words("Service.SupplementaryGroups").compactMap { try? Identity.Group($0).gid }
        let group =
            unit["Service.Group"].last.flatMap { try? Identity.Group($0).gid } ?? user.gid ?? getegid()
        var own = [gid_t](repeating: 0, count: 256)
        var count = Int32(own.count)
        if unsafe getgrouplist(user.name, group, &own, &count) >= 0 { groups += own.prefix(Int(count)) }
        // As many open files as the unit has; SOFT:HARD is possible.
        if let count = unit["Service.LimitNOFILE"].last.flatMap({ rlim_t($0.prefix { $0 != ":" }) }) {
            var limit = rlimit(rlim_cur: count, rlim_max: count)
            _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        }
        guard unsafe linux_set_groups(groups, UInt(groups.count)) == 0, setegid(group) == 0,
            seteuid(user.uid) == 0
        else { return findings.add(SystemError("act as \(user.name)")) }
    }
}
