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

    @Test(
        "the nearest",
        arguments: [
            ("tiemout", "timeout"), ("conn", "connect-timeout"), ("age", "max-queue-age"), ("queue", "-"),
            ("zzz", "-"),
            ("u", "-"), ("", "-"), ("max-queue", "max-queue"),
        ])
    func nearest(_ word: String, _ expected: String) {
        let names = ["timeout", "connect-timeout", "max-queue", "max-queue-age"]
        #expect(Suggestion.nearest(to: word, in: names) ?? "-" == expected)
    }
}
