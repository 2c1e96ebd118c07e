/// Writes any value as JSON: what is stored in it, under the names of the properties, in their order.
enum JSON {
    static func text(of value: Any) -> String { text(of: value, indent: "") }

    private static func text(of value: Any, indent: String) -> String {
        switch value {
        case let text as String: return quoted(text)
        case let flag as Bool: return "\(flag)"
        case let number as Int: return "\(number)"
        case let number as Double: return number.isFinite ? "\(number)" : "null"
        case let name as any RawRepresentable<String>: return quoted(name.rawValue)
        default: return structure(Mirror(reflecting: value), indent)
        }
    }

    private static func structure(_ mirror: Mirror, _ indent: String) -> String {
        let inner = indent + "  "
        switch mirror.displayStyle {
        case .optional: return mirror.children.first.map { text(of: $0.value, indent: indent) } ?? "null"
        case .collection:
            return enclosed("[", mirror.children.map { text(of: $0.value, indent: inner) }, "]", indent)
        case .dictionary:
            let entries = mirror.children.map { pair in
                Mirror(reflecting: pair.value).children.map { text(of: $0.value, indent: inner) }
            }
            return enclosed("{", entries.map { $0.joined(separator: ": ") }.sorted(), "}", indent)
        default:
            let entries = mirror.children.map {
                quoted($0.label ?? "") + ": " + text(of: $0.value, indent: inner)
            }
            return enclosed("{", entries, "}", indent)
        }
    }

    private static func enclosed(_ open: String, _ parts: [String], _ close: String, _ indent: String)
        -> String
    {
        guard !parts.isEmpty else { return open + close }
        let lines = parts.map { "\n\(indent)  \($0)" }
        return open + lines.joined(separator: ",") + "\n" + indent + close
    }

    private static func quoted(_ text: String) -> String {
        let inner = text.unicodeScalars.map { scalar in
            switch scalar {
            case "\"": "\\\""
            case "\\": "\\\\"
            case "\0"..<" ":
                "\\u" + Format.right(String(scalar.value, radix: 16), 4).replacing(" ", with: "0")
            default: String(scalar)
            }
        }
        return "\"\(inner.joined())\""
    }
}
