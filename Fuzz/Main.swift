import CFuzzer
import Glibc

/// `fuzz NAME [libFuzzer's arguments]` runs one fuzzer, `fuzz seeds FIXTURES FOLDER` writes what they start from.
@main
enum Main {
    /// What each of them does with an input. It returns when the input is handled well, and traps when it is not.
    static let fuzzers: [String: @Sendable ([UInt8]) -> Void] = [
        "session": SessionFuzzer.run, "notify": NotifyFuzzer.run, "admin": AdminFuzzer.run,
        "options": OptionsFuzzer.run, "state": StateFileFuzzer.run, "http": HTTPFuzzer.run,
        "answer": AnswerFuzzer.run,
    ]

    /// libFuzzer takes a C function, which cannot carry a choice with it.
    nonisolated(unsafe) private static var chosen: @Sendable ([UInt8]) -> Void = { _ in }

    static func main() {
        let arguments = CommandLine.arguments
        if arguments.count == 4, arguments[1] == "seeds" {
            return Seeds.write(fixtures: arguments[2], to: arguments[3])
        }
        guard arguments.count > 1, let fuzzer = fuzzers[arguments[1]] else {
            fail(
                "usage: fuzz \(fuzzers.keys.sorted().joined(separator: "|")) [ARGUMENT...]"
                    + " | fuzz seeds FIXTURES FOLDER")
        }
        chosen = fuzzer
        var argc = CommandLine.argc - 1
        // The first argument becomes the program's name.
        var argv: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv + 1
        exit(
            LLVMFuzzerRunDriver(&argc, &argv) { data, size in
                Main.chosen(Array(UnsafeBufferPointer(start: data, count: size)))
                return 0
            })
    }
}

/// One line on standard error and exit code 64.
func fail(_ message: String) -> Never {
    let line = "fuzz: \(message)\n"
    _ = write(STDERR_FILENO, line, line.utf8.count)
    exit(64)
}

/// What must hold for every input; libFuzzer keeps the input for which it does not.
func require(_ condition: Bool, _ what: @autoclosure () -> String) {
    guard !condition else { return }
    fatalError(what())
}
