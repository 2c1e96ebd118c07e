internal import Glibc
internal import System

/// `--check` and `--check-service`: what `nginx -t` is to nginx. Nothing is made, listened on or left behind.
enum Check {
    private static let option = "--check"
    private static let serviceOption = "--check-service"

    static func isWanted(by arguments: [String]) -> Bool {
        arguments.contains { $0 == option || $0 == serviceOption }
    }

    /// Returns the exit code: 0, or the one that a start would end with. To be called on the main thread, before any other.
    static func run(_ arguments: [String]) -> Int32 {
        var findings = Findings()
        var surroundings = StartCheck.Surroundings()
        var words = arguments
        let isService = arguments.contains(serviceOption)
        if isService {
            guard arguments == [serviceOption] else {
                findings.add(
                    UsageError(
                        "\(serviceOption) stands alone: the options are those of the unit; \(option) checks others"
                    ))
                return findings.tell()
            }
            guard let service = ServiceCheck(into: &findings) else { return findings.tell() }
            (words, surroundings) = (Options.separatingFlags(service.arguments), service.surroundings)
        }
        let options: Options
        switch OptionMistakes.parse(words, into: &findings) {
        case .options(let read): options = read
        case .text(let text):
            guard isService else {
                print(text)
                return findings.problems.isEmpty ? EXIT_SUCCESS : findings.tell()
            }
            let option = words.first { $0 == "-h" || $0.hasPrefix("--generate") } ?? "--help"
            findings.add(ServiceCheck.endsAtOnce(option))
            return findings.tell()
        case .mistakes: return findings.tell()
        }
        if isService {
            ServiceCheck.allow(options, into: &findings)
        } else if options.version {
            print(Version.text)
            return EXIT_SUCCESS
        }
        do { try examine(options, surroundings, into: &findings) } catch { findings.add(error) }
        return findings.tell()
    }

    private static func examine(
        _ options: Options, _ surroundings: StartCheck.Surroundings, into findings: inout Findings
    ) throws {
        var configuration = try options.configuration { findings.add($0) }
        // What an option that is left out would have said is not known, and may be the address.
        if !findings.problems.isEmpty { configuration.address = .passed(descriptors: [], boundTo: []) }
        if let passed = try PassedSockets.fromEnvironment() { configuration.address = passed }
        try StartCheck(configuration: configuration, surroundings: surroundings).run(into: &findings)
    }
}
