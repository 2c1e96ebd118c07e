internal import Glibc
internal import System

/// What a check has found, to be told at its end.
struct Findings {
    /// Each keeps the agent from starting, or from what its options ask for.
    private(set) var problems: [any Error] = []
    /// What an operator should know.
    private(set) var notes: [String] = []

    mutating func add(_ problem: any Error) { problems.append(problem) }

    mutating func note(_ text: String) { notes.append(text) }

    /// Goes on behind what fails.
    mutating func attempt(_ body: () throws -> Void) {
        do { try body() } catch { add(error) }
    }

    /// Tells all problems, or else the notes and that all is well. Returns the exit code: that of the first problem, as a start would.
    func tell() -> Int32 {
        guard let first = problems.first else {
            for note in notes { print("spoa-mirror: note: \(LastWords.inOneLine(note))") }
            print("spoa-mirror: configuration OK")
            return EXIT_SUCCESS
        }
        problems.forEach { LastWords.say($0) }
        if problems.count > 1 { LastWords.say("configuration not OK: \(problems.count) problems") }
        return (first as? CheckProblem)?.status ?? ExitStatus.code(for: first)
    }
}

/// Something that would not work, with what would.
struct CheckProblem: Error, CustomStringConvertible {
    let description: String
    /// How a start would end, by sysexits(3).
    let status: Int32

    init(_ description: String, status: Int32 = ExitStatus.cannotCreate) {
        (self.description, self.status) = (description, status)
    }
}
