/// Options that cannot be used; the text is one line for the operator.
struct UsageError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    /// `option` names a file that cannot be used.
    init(_ option: String, _ file: String, _ problem: String, _ reason: String? = nil) {
        description = "\(option): \(file.debugDescription) \(problem)\(reason.map { ": \($0)" } ?? "")"
    }
}
