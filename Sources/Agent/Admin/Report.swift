internal import AdminSocket

/// What a `show` command tells, in both forms that it has.
struct Report {
    let lines: [String]
    /// `format` in it is the version of this form, raised when a field changes its meaning or goes.
    let json: JSON

    func reply(isJSON: Bool) -> Reply { .data(isJSON ? [json.text] : lines) }
}

/// One value of a report. Its name is written out, so that renaming things in the code changes no name that anybody reads.
struct Field {
    let name: String
    let value: JSON
    let text: String

    init(_ name: String, _ value: JSON, text: String) {
        (self.name, self.value, self.text) = (name, value, text)
    }

    init(_ name: String, _ value: some Encodable & LosslessStringConvertible) {
        self.init(name, JSON(value), text: "\(value)")
    }
}
