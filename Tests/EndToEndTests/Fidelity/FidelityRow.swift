/// One row of the battery: a rule, a request that puts it to the test, and the copy that is right.
struct FidelityRow: Sendable {
    let rule: String
    var request: Request
    /// What differs in the copy from what the client sent.
    var change: @Sendable (inout CopyExpectation) -> Void = { _ in }

    init(
        _ rule: String, _ request: Request,
        change: @escaping @Sendable (inout CopyExpectation) -> Void = { _ in }
    ) {
        self.rule = rule
        self.request = request
        self.change = change
    }

    var expected: CopyExpectation {
        var expected = CopyExpectation(of: request)
        change(&expected)
        return expected
    }

    /// A field list written as `Name: value` lines.
    static func fields(_ lines: String...) -> [HeaderField] {
        lines.map { line in
            let name = line.prefix { $0 != ":" }
            return HeaderField(String(name), String(line.dropFirst(name.count + 1).drop { $0 == " " }))
        }
    }

    static func binary(_ count: Int) -> [UInt8] { EndToEnd.BodyTests.binary(count) }
}

extension CopyExpectation {
    /// Leaves out the fields called `names`.
    mutating func drop(_ names: String...) {
        fields.removeAll { names.contains($0.name) }
    }
}
