import Testing

@testable import AdminSocket

@Suite("Suggestions")
struct SuggestionTests {
    @Test(
        "distance",
        arguments: [
            ("show", "show", 0), ("sohw", "show", 1), ("shw", "show", 1), ("", "abc", 3), ("abc", "", 3),
        ])
    func distance(_ left: String, _ right: String, _ expected: Int) {
        #expect(Suggestion.distance(left, right) == expected)
    }
}
