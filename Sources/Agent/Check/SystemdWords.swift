/// How systemd makes the words of a command line (systemd.service(5), "Command lines").
enum SystemdWords {
    private static let blanks: Set<Character> = [" ", "\t", "\n", "\r"]

    /// Cuts `text` at white space. Quotes of both kinds hold words together and go away, a backslash takes what follows as it is.
    static func split(_ text: String) -> [String] {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var isEscaped = false
        for character in text.unicodeScalars.lazy.map(Character.init) {
            if isEscaped {
                word = (word ?? "") + String(character)
                isEscaped = false
            } else if character == "\\" {
                word = word ?? ""
                isEscaped = true
            } else if let open = quote {
                if character == open { quote = nil } else { word?.append(character) }
            } else if character == "'" || character == "\"" {
                word = word ?? ""
                quote = character
            } else if blanks.contains(character) {
                word.map { words.append($0) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        word.map { words.append($0) }
        return words
    }

    /// Puts variables into the words of a command. `$NAME` alone becomes as many words as its value has, maybe none; `${NAME}` stays
    /// inside of its word, and `$$` is a dollar.
    static func expand(_ words: [String], _ variables: [String: String]) -> [String] {
        words.flatMap { word -> [String] in
            guard word.hasPrefix("$"), !word.hasPrefix("${"), !word.hasPrefix("$$") else {
                return [replace(word, variables)]
            }
            return split(variables[String(word.dropFirst())] ?? "")
        }
    }

    private static func replace(_ word: String, _ variables: [String: String]) -> String {
        var (result, rest) = ("", Substring(word))
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[dollar...].dropFirst()
            if rest.first == "$" {
                result += "$"
                rest = rest.dropFirst()
            } else if rest.first == "{", let end = rest.firstIndex(of: "}") {
                result += variables[String(rest[..<end].dropFirst())] ?? ""
                rest = rest[end...].dropFirst()
            } else {
                result += "$"
            }
        }
        return result + rest
    }
}
