/// A Swift file as far as the layout needs it: what it declares and what it names.
struct SwiftSource {
    /// A word of the code, not of a comment or a string.
    struct Word {
        let text: String
        /// From 1.
        let line: Int
        /// It stands behind a dot.
        let isMember: Bool
        /// A parenthesis stands behind it.
        let isCalled: Bool
    }

    /// A declaration that other files can see.
    struct Declaration {
        let name: String
        /// The type that is extended, of a member of an extension; nil of everything else.
        let extended: String?
    }

    private(set) var words: [Word] = []
    /// Types at the top of the file, and those that are added to types of others.
    private(set) var types: Set<String> = []
    /// Functions and values at the top of the file.
    private(set) var functions: Set<String> = []
    private(set) var values: Set<String> = []
    /// Types inside of others, private ones too.
    private(set) var nestedTypes: Set<String> = []
    /// Members of types that the file declares or extends, private ones too.
    private(set) var memberNames: Set<String> = []
    /// Members of extensions.
    private(set) var extensionMembers: [Declaration] = []
    /// Modules, and the lines that import them.
    private(set) var imports: [(module: String, line: Int)] = []

    private enum Scope: Equatable {
        case type, code
        /// Of that type; private when all its members are.
        case `extension`(of: String, isPrivate: Bool)
    }

    private static let typeKeywords: Set<String> = [
        "struct", "class", "enum", "protocol", "actor", "typealias",
    ]
    private static let memberKeywords: Set<String> = ["func", "var", "let", "case"]

    init(_ text: String) {
        var added: [Declaration] = []
        var scopes: [Scope] = []
        var next: Scope?
        var isPrivate = false
        var tokens = Tokens(text)
        var previous = ""
        while let token = tokens.next() {
            defer { previous = token.text }
            words.append(
                Word(
                    text: token.text, line: token.line, isMember: previous == ".",
                    isCalled: tokens.isAhead("(")))
            let isTypeScope = scopes.last != .code
            switch token.text {
            case "{":
                scopes.append(next ?? .code)
                next = nil
                isPrivate = false
            case "}":
                _ = scopes.popLast()
                isPrivate = false
            case "private", "fileprivate": isPrivate = !tokens.isAhead("(")
            case "import": note(import: &tokens)
            case "extension" where scopes.isEmpty:
                next = .extension(of: tokens.peek() ?? "", isPrivate: isPrivate)
            case let word where Self.typeKeywords.contains(word) && previous != "." && previous != "`":
                guard let name = tokens.peek(), !["func", "var", "let"].contains(name) else { break }
                if word != "typealias" { next = .type }
                if scopes.isEmpty {
                    if !isPrivate { types.insert(name) }
                } else if case .extension(let type, false) = scopes.last, !isPrivate {
                    added.append(Declaration(name: name, extended: type))
                } else {
                    nestedTypes.insert(name)
                }
                isPrivate = false
            case let word where Self.memberKeywords.contains(word) && isTypeScope && previous != ".":
                for name in word == "case" ? tokens.peekCases() : [tokens.peek() ?? ""] {
                    guard !scopes.isEmpty else {
                        if !isPrivate, word == "func" { functions.insert(name) }
                        if !isPrivate, word != "func" { values.insert(name) }
                        break
                    }
                    memberNames.insert(name)
                    if case .extension(let type, false) = scopes.last, !isPrivate {
                        extensionMembers.append(Declaration(name: name, extended: type))
                    }
                }
                isPrivate = false
            default: break
            }
        }
        for type in added {
            if types.contains(type.extended ?? "") {
                nestedTypes.insert(type.name)
            } else {
                types.insert(type.name)
            }
        }
    }

    private mutating func note(import tokens: inout Tokens) {
        guard let module = tokens.next() else { return }
        // `import struct Module.Name` names the module behind the kind.
        let isKind = Self.typeKeywords.union(Self.memberKeywords).contains(module.text)
        guard let module = isKind ? tokens.next() : module else { return }
        imports.append((module.text, module.line))
    }
}

/// Words and marks of Swift's code, one after the other; comments and strings are passed over, but for code inside of strings.
struct Tokens {
    private let bytes: [UInt8]
    private var position = 0
    private var line = 1
    /// Of the strings around the code that is read: their marks, and the parentheses that are open in it.
    private var strings: [(quotes: Int, hashes: Int, depth: Int)] = []

    init(_ text: String) { bytes = Array(text.utf8) }

    mutating func next() -> (text: String, line: Int)? {
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "/"), isAt("//") {
                while position < bytes.count, bytes[position] != 0x0A { position += 1 }
            } else if byte == UInt8(ascii: "/"), isAt("/*") {
                skipComment()
            } else if let (quotes, hashes) = openingMark() {
                position += quotes + hashes
                skipString(quotes, hashes)
            } else if Self.isWord(byte) {
                let start = position
                while position < bytes.count, Self.isWord(bytes[position]) { position += 1 }
                return (String(decoding: bytes[start..<position], as: UTF8.self), line)
            } else {
                step()
                if byte == UInt8(ascii: "("), !strings.isEmpty { strings[strings.count - 1].depth += 1 }
                if byte == UInt8(ascii: ")"), let string = strings.last {
                    if string.depth == 0 {
                        strings.removeLast()
                        skipString(string.quotes, string.hashes)
                        continue
                    }
                    strings[strings.count - 1].depth -= 1
                }
                if byte > 0x20 { return (String(Unicode.Scalar(byte)), line) }
            }
        }
        return nil
    }

    /// The next one, without taking it.
    func peek() -> String? {
        var copy = self
        return copy.next()?.text
    }

    func isAhead(_ text: String) -> Bool { peek() == text }

    /// The names behind `case`: `a`, or `a, b(Int), c`; none of a pattern.
    func peekCases() -> [String] {
        var copy = self
        var (names, depth, isName): ([String], Int, Bool) = ([], 0, true)
        while let token = copy.next(), token.line == line || depth > 0 {
            if isName { names.append(token.text) }
            depth += token.text == "(" ? 1 : token.text == ")" ? -1 : 0
            isName = depth == 0 && token.text == ","
        }
        return names
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
            true
        default: false
        }
    }

    private func isAt(_ text: StaticString) -> Bool {
        bytes[position...].starts(
            with: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    private mutating func step() {
        if bytes[position] == 0x0A { line += 1 }
        position += 1
    }

    /// How many quotation marks, 1 or 3, and how many number signs in front of them begin a string here.
    private func openingMark() -> (quotes: Int, hashes: Int)? {
        guard bytes[position] == UInt8(ascii: "\"") || bytes[position] == UInt8(ascii: "#") else {
            return nil
        }
        let hashes = bytes[position...].prefix { $0 == UInt8(ascii: "#") }.count
        let quotes = bytes[(position + hashes)...].prefix(3).prefix { $0 == UInt8(ascii: "\"") }.count
        return quotes == 0 ? nil : (quotes == 3 ? 3 : 1, hashes)
    }

    /// To its end, or to code inside of it.
    private mutating func skipString(_ quotes: Int, _ hashes: Int) {
        let hash = [UInt8](repeating: UInt8(ascii: "#"), count: hashes)
        let end = [UInt8](repeating: UInt8(ascii: "\""), count: quotes) + hash
        let escape = [UInt8(ascii: "\\")] + hash
        while position < bytes.count {
            if bytes[position] == end[0], bytes[position...].starts(with: end) {
                position += end.count
                return
            }
            guard bytes[position] == escape[0], bytes[position...].starts(with: escape) else {
                step()
                continue
            }
            position += escape.count
            guard position < bytes.count else { return }
            if bytes[position] == UInt8(ascii: "(") {
                position += 1
                strings.append((quotes, hashes, 0))
                return
            }
            step()
        }
    }

    private mutating func skipComment() {
        var depth = 0
        repeat {
            if isAt("/*") {
                depth += 1
                position += 2
            } else if isAt("*/") {
                depth -= 1
                position += 2
            } else {
                step()
            }
        } while depth > 0 && position < bytes.count
    }
}
