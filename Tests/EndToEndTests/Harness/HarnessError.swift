/// Something the harness itself could not do; its text is what a failing test shows.
struct HarnessError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
