/// One line of the admin protocol, cut into commands and words.
///
/// Commands are separated by `;`, words by blanks; a backslash takes the next character as it is.
package struct RequestLine: Equatable, Sendable {
    /// The longest line, in bytes, the line break left out.
    package static let maxLength = 16 << 10
    /// The most words in a line, over all its commands.
    package static let maxWords = 64

    /// The commands, none of them empty.
    package let commands: [[String]]

    /// Why a line is refused as a whole.
    package enum Refusal: Error, Equatable, CustomStringConvertible {
        case tooLong, tooManyWords, notText, strayBackslash

        package var description: String {
            switch self {
            case .tooLong: "The line is longer than \(RequestLine.maxLength) bytes."
            case .tooManyWords: "Too many words in one line (\(RequestLine.maxWords) at most)."
            case .notText: "The line is not UTF-8 text, or has control characters in it."
            case .strayBackslash: "The line ends with a backslash."
            }
        }
    }

    /// Cuts `line`, which has no line break in it.
    package init(_ line: some Sequence<UInt8>) throws(Refusal) {
        guard let text = String(validating: Array(line), as: UTF8.self),
            !text.unicodeScalars.contains(where: { $0.value < 0x20 && $0 != "\t" || 0x7F...0x9F ~= $0.value })
        else { throw .notText }
        var commands: [[String]] = [[]]
        var word: String?
        var isEscaped = false
        func endWord() {
            if let word { commands[commands.count - 1].append(word) }
            word = nil
        }
        for character in text.unicodeScalars {
            switch character {
            case _ where isEscaped:
                word = word ?? ""
                word?.unicodeScalars.append(character)
                isEscaped = false
            case "\\": isEscaped = true
            case ";":
                endWord()
                commands.append([])
            case " ", "\t": endWord()
            default:
                word = word ?? ""
                word?.unicodeScalars.append(character)
            }
        }
        guard !isEscaped else { throw .strayBackslash }
        endWord()
        self.commands = commands.filter { !$0.isEmpty }
        guard self.commands.reduce(0, { $0 + $1.count }) <= Self.maxWords else { throw .tooManyWords }
    }

    /// A word in the spelling that survives the cutting.
    package static func escape(_ word: String) -> String {
        // By scalars, as lines are cut: a blank with a combining accent behind it is one character, and no blank.
        word.unicodeScalars.map { " \t;\\".unicodeScalars.contains($0) ? "\\\($0)" : String($0) }.joined()
    }
}
