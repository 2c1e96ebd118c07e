internal import Glibc
internal import System

/// Where a service may write, by the settings of its unit (systemd.exec(5), "Sandboxing"), and what it would use instead.
struct ServicePlaces {
    /// What becomes of a path.
    enum Access: Equatable {
        case writable
        /// The setting that says so.
        case readOnly(String)
        case hidden(String)
        /// There, but nobody else's.
        case ownTemporary
    }

    /// Folders that systemd makes for the service, by what they are for: `logs`, `runtime`, `state`, ...
    private(set) var made: [String: [String]] = [:]
    /// The longest folder that a path is in decides.
    private var rules: [(folder: String, access: Access)] = []

    private static let kinds = [
        ("runtime", "RuntimeDirectory", "/run"), ("state", "StateDirectory", "/var/lib"),
        ("cache", "CacheDirectory", "/var/cache"), ("logs", "LogsDirectory", "/var/log"),
        ("configuration", "ConfigurationDirectory", "/etc"),
    ]

    /// Of this process: where systemd says in the environment that it may write.
    init() {
        for (kind, setting, _) in Self.kinds {
            let value = Environment.value(setting.directoryVariable)
            made[kind] = value?.split(separator: ":").map(String.init) ?? []
        }
    }

    init(_ unit: UnitText) {
        for (kind, setting, root) in Self.kinds {
            // NAME:LINK makes a link, too.
            made[kind] = unit.words("Service.\(setting)").map { "\(root)/\($0.prefix { $0 != ":" })" }
        }
        protectSystem(unit["Service.ProtectSystem"].last ?? "no")
        protectHome(unit["Service.ProtectHome"].last ?? "no")
        for (setting, access) in [
            ("ReadWritePaths", Access.writable), ("ReadOnlyPaths", .readOnly("ReadOnlyPaths")),
            ("InaccessiblePaths", .hidden("InaccessiblePaths")),
        ] {
            for path in unit.words("Service.\(setting)") {
                add(String(path.drop { $0 == "-" || $0 == "+" }), access)
            }
        }
        if Self.isOn(unit["Service.PrivateTmp"].last ?? "no") {
            for folder in ["/tmp", "/var/tmp"] { add(folder, .ownTemporary) }
        }
        for folder in made.values.joined() { add(folder, .writable) }
    }

    func access(to path: String) -> Access {
        let rule = rules.filter { Files.isWithin(path, $0.folder) }.max { $0.folder.count < $1.folder.count }
        return rule?.access ?? .writable
    }

    /// Whether systemd makes the folder, so that it need not be there now.
    func makes(_ folder: String) -> Bool { made.values.joined().contains(folder) }

    /// The path with the same name that works; nil when the service has no such folder.
    func better(_ path: String, _ kind: String) -> String? {
        guard let folder = made[kind]?.first ?? made["state"]?.first else { return nil }
        let name = path.split(separator: "/").last ?? ""
        return "\(folder)/\(name)"
    }

    private mutating func add(_ folder: String, _ access: Access) {
        rules.append((folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder, access))
    }

    private mutating func protectSystem(_ value: String) {
        let access = Access.readOnly("ProtectSystem=\(value)")
        switch value {
        case "strict":
            add("/", access)
            for folder in ["/dev", "/proc", "/sys"] { add(folder, .writable) }
        case "full": for folder in ["/usr", "/boot", "/efi", "/etc"] { add(folder, access) }
        default:
            guard Self.isOn(value) else { return }
            for folder in ["/usr", "/boot", "/efi"] { add(folder, access) }
        }
    }

    private mutating func protectHome(_ value: String) {
        let setting = "ProtectHome=\(value)"
        let access: Access? =
            switch value {
            case "read-only": .readOnly(setting)
            case "tmpfs": .hidden(setting)
            default: Self.isOn(value) ? .hidden(setting) : nil
            }
        guard let access else { return }
        for folder in ["/home", "/root", "/run/user"] { add(folder, access) }
    }

    private static func isOn(_ value: String) -> Bool {
        ["yes", "true", "on", "1", "y", "t"].contains(value)
    }
}

extension String {
    /// `RuntimeDirectory` as the variable that has it: `RUNTIME_DIRECTORY`.
    fileprivate var directoryVariable: String { "\(dropLast("Directory".count).uppercased())_DIRECTORY" }
}
