/// What systemd reads in a file that `EnvironmentFile=` names (systemd.exec(5)). It is not what a shell would.
struct EnvironmentText {
    /// The last value of each.
    private(set) var variables: [String: String] = [:]
    /// Lines that do not count, or may not, with what is wrong with them; lines count from 1.
    private(set) var remarks: [(line: Int, text: String)] = []

    private enum State {
        case beforeKey, key, beforeValue, value, escape, single, double, doubleEscape, comment
    }

    private var state = State.beforeKey
    private var key = ""
    private var value = ""
    /// Characters at the end of `value` that go if nothing follows them.
    private var blanks = 0
    private var line = 1
    /// Where the assignment began.
    private var first = 1
    private var last: Character = "\n"

    init(_ text: String) {
        for scalar in text.unicodeScalars {
            let character = Character(scalar)
            take(character)
            if character == "\n" { line += 1 }
            last = character
        }
        switch state {
        case .single, .double, .doubleEscape:
            remarks.append((first, "a quote that is never closed takes the rest of the file with it"))
            finish()
        case .beforeValue, .value, .escape: finish()
        case .key: remarks.append((first, "\(Self.shown(key)) is no assignment; NAME=VALUE is"))
        case .beforeKey, .comment: break
        }
    }

    private mutating func take(_ character: Character) {
        let isEnd = character == "\n" || character == "\r"
        let isBlank = character == " " || character == "\t"
        switch state {
        case .beforeKey:
            guard !isEnd, !isBlank else { break }
            (first, key) = (line, String(character))
            state = character == "#" || character == ";" ? .comment : .key
        case .key:
            if isEnd {
                remarks.append((first, "\(Self.shown(key)) is no assignment; NAME=VALUE is"))
                state = .beforeKey
            } else if character == "=" {
                state = .beforeValue
            } else {
                key.append(character)
            }
        case .beforeValue, .value: takeValue(character, isEnd: isEnd, isBlank: isBlank)
        case .escape:
            state = .value
            if !isEnd { add(character) }
        case .single:
            if character == "'" { state = .beforeValue } else { add(character) }
        case .double:
            if character == "\"" {
                state = .beforeValue
            } else if character == "\\" {
                state = .doubleEscape
            } else {
                add(character)
            }
        case .doubleEscape:
            state = .double
            if !"\"\\`$".contains(character), !isEnd { add("\\") }
            if !isEnd { add(character) }
        case .comment:
            guard isEnd else { break }
            if last == "\\" {
                remarks.append(
                    (line, "a comment that ends with \\ hides the next line from systemd before 254"))
            }
            state = .beforeKey
        }
    }

    private mutating func takeValue(_ character: Character, isEnd: Bool, isBlank: Bool) {
        if isEnd {
            finish()
        } else if character == "\\" {
            blanks = 0
            state = .escape
        } else if state == .beforeValue, character == "'" || character == "\"" {
            state = character == "'" ? .single : .double
        } else if state == .value || !isBlank {
            state = .value
            let trailing = isBlank ? blanks + 1 : 0
            add(character)
            blanks = trailing
        }
    }

    private mutating func add(_ character: Character) {
        value.append(character)
        blanks = 0
    }

    private mutating func finish() {
        let name = String(key.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
        if Self.isName(name) {
            variables[name] = String(value.dropLast(blanks))
        } else {
            remarks.append((first, "\(Self.shown(name)) is no name of a variable: systemd ignores the line"))
        }
        (state, key, value, blanks) = (.beforeKey, "", "", 0)
    }

    private static func isName(_ text: String) -> Bool {
        let isWord = text.utf8.allSatisfy {
            0x30...0x39 ~= $0 || 0x41...0x5A ~= $0 || 0x61...0x7A ~= $0 || $0 == 0x5F
        }
        return isWord && !text.isEmpty && text.first?.isNumber != true
    }

    /// Enough of it to find it.
    private static func shown(_ text: String) -> String { "'\(text.prefix(40))'" }
}
