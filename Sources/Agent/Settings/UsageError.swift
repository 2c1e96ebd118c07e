/// Options that cannot be used; the text is one line for the operator.
struct UsageError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
