internal import Glibc
internal import System

/// One function per kind of option value, each throwing what is accepted.
enum OptionParsers {
    typealias Parser<Value> = @Sendable (String) throws(InvalidValue) -> Value

    /// Makes a parser of whole numbers in `range`.
    static func number<Number: FixedWidthInteger & Sendable>(_ range: ClosedRange<Number>) -> Parser<Number> {
        { text throws(InvalidValue) in
            let accepted = "a number from \(range.lowerBound) to \(range.upperBound)"
            guard let value = Number(text) else { throw InvalidValue(text, accepted: accepted) }
            guard range.contains(value) else {
                throw InvalidValue(text, accepted: accepted, problem: .outOfRange)
            }
            return value
        }
    }

    /// Makes a parser of a fixed set of words.
    static func word<Word: RawRepresentable<String> & CaseIterable & SendableMetatype>(
        _ type: Word.Type
    ) -> Parser<Word> {
        { text throws(InvalidValue) in
            guard let value = Word(rawValue: text) else {
                throw InvalidValue(text, accepted: Word.allCases.map(\.rawValue).joined(separator: ", "))
            }
            return value
        }
    }

    /// Makes a parser of times of at least `least`.
    static func interval(from least: Duration = .milliseconds(1)) -> Parser<Duration> {
        { text throws(InvalidValue) in
            let value = try TimeValue.parse(text)
            guard value >= least else {
                let accepted = "at least \(TimeValue.format(least))"
                let hasUnit = value == .zero || text.last?.isLetter == true
                throw InvalidValue(
                    text, accepted: accepted,
                    problem: hasUnit ? .outOfRange : .withoutUnit(TimeValue.format(value)),
                    example: hasUnit ? nil : "\(text)s")
            }
            return value
        }
    }

    /// Makes a parser of sizes in `range`, in bytes.
    static func size(_ range: ClosedRange<Int>) -> Parser<Int> {
        { text throws(InvalidValue) in
            let value = try SizeValue.parse(text)
            guard range.contains(value) else {
                let bounds = "\(SizeValue.format(range.lowerBound)) to \(SizeValue.format(range.upperBound))"
                throw InvalidValue(text, accepted: bounds, problem: .outOfRange)
            }
            return value
        }
    }

    /// `[MODE:]FILE`. One letter before a colon is a mode, or a mistake; a file of such a name is `./x:file`.
    static let logFile: @Sendable (String) throws -> LogFile.Location = { text in
        let accepted = "[MODE:]FILE with mode a, A, w or W"
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2, let mode = LogFile.Mode(rawValue: String(parts[0])) {
            guard !parts[1].isEmpty else { throw InvalidValue(text, accepted: accepted) }
            return .init(path: try absolute(String(parts[1])), mode: mode)
        }
        if parts.count == 2, parts[0].count == 1, parts[0] != "/" {
            throw InvalidValue(text, accepted: accepted, problem: .unknownMode(String(parts[0])))
        }
        guard !text.isEmpty, LogFile.Mode(rawValue: text) == nil else {
            throw InvalidValue(text, accepted: accepted)
        }
        return .init(path: try absolute(text), mode: .append)
    }

    /// A path, made absolute: a daemon changes its directory, and opens the path again later.
    static let path: @Sendable (String) throws -> String = { text in
        guard !text.isEmpty else { throw InvalidValue(text, accepted: "a path") }
        return try absolute(text)
    }

    private static func absolute(_ path: String) throws -> String {
        guard !path.utf8.contains(0) else { throw InvalidValue(path, accepted: "a path") }
        guard !path.hasPrefix("/") else { return path }
        guard let directory = unsafe getcwd(nil, 0) else { throw SystemError("find the current directory") }
        defer { unsafe free(directory) }
        return unsafe "\(String(cString: directory))/\(path)"
    }

    /// `PORT`, `FIRST-LAST` or `FIRST:COUNT`, where COUNT ports starting at FIRST may be used.
    static let portRange: @Sendable (String) throws -> ClosedRange<UInt16> = { text in
        func fail() -> InvalidValue {
            InvalidValue(text, accepted: "PORT, FIRST-LAST or FIRST:COUNT, 1 to 65535")
        }
        let separator: Character = text.contains("-") ? "-" : ":"
        let parts = text.split(separator: separator, omittingEmptySubsequences: false).map { UInt16($0) }
        guard let first = parts.first ?? nil, first > 0, parts.count <= 2 else { throw fail() }
        guard parts.count == 2 else { return first...first }
        guard let second = parts[1], second > 0 else { throw fail() }
        let last = separator == "-" ? Int(second) : Int(first) + Int(second) - 1
        guard last >= Int(first), let last = UInt16(exactly: last) else { throw fail() }
        return first...last
    }

    /// An interface, an address or a host name, for CURLOPT_INTERFACE.
    static let interface: @Sendable (String) throws -> String = { text in
        guard !text.isEmpty, text.utf8.count <= 255, !text.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F })
        else {
            throw InvalidValue(text, accepted: "an interface name, an IP address or a host name")
        }
        return text
    }
}
