import Foundation

/// What a query in PromQL names.
struct QueryNames {
    /// Series, each with the labels that it is selected by.
    private(set) var selectors: [(series: String, labels: [String])] = []
    /// Labels that are kept by an aggregation, or matched by.
    private(set) var groupings: [String] = []

    /// Words of the language that stand where a series could.
    private static let words: Set<String> = ["and", "or", "unless", "bool", "offset", "inf", "nan"]

    init(_ query: String) {
        // Values of labels are no names.
        var rest = query.replacing(/"[^"]*"/, with: "\"\"").replacing(/\[[^\]]*\]/, with: "")
        for match in rest.matches(of: /\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)/) {
            groupings += match.1.split { $0 == "," || $0 == " " }.map(String.init)
        }
        rest = rest.replacing(/\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/, with: "")
        for match in rest.matches(of: /\b([a-zA-Z_:][a-zA-Z0-9_:]*)\b(\s*\()?(?:\{([^}]*)\})?/) {
            guard match.2 == nil, !Self.words.contains(match.1.lowercased()) else { continue }
            let labels = (match.3 ?? "").matches(of: /([a-zA-Z_]+)\s*(?:=~|!~|!=|=)/).map { String($0.1) }
            selectors.append((String(match.1), labels))
        }
    }
}
