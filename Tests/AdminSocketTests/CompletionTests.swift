import Testing

@testable import AdminSocket

@Suite("Completion")
struct CompletionTests {
    @Test(
        "completion",
        arguments: [
            ("", "add clear delete flush help pause probe prompt quit reset resume save set show wait"),
            ("show ", "connections destinations errors info metrics settings stat version"),
            ("show info ", "json"),
            ("help show ", "connections destinations errors info metrics settings stat version"),
            ("frob ", ""),
            ("pause; wait ", "drained"), ("set severity-output ", "none number string"),
            ("set truncated-body ", "drop headers send"), ("set log-level d", "for"), ("set timeout ", ""),
            ("set methods ", "DELETE GET HEAD POST PUT all safe"),
            ("set url http://h/ ", "for require-reachable"), ("set url http://h/ require-reachable ", "for"),
            ("set url http://h/ for ", ""), ("set timeout 5s ", "for"), ("set timeout 5s for ", ""),
            ("set timeout 5s for 10m ", ""), ("set-sample-rate 5% ", ""), ("clear counters ", "all"),
            ("reset timeout ", ""),
        ])
    func completion(_ line: String, _ expected: String) {
        #expect(Completion.words(after: line).joined(separator: " ") == expected)
    }

    @Test func settingsAreCompleted() {
        #expect(Set(SettingName.allCases.map(\.rawValue)).isSubset(of: Completion.words(after: "set ")))
        #expect(
            Set(Completion.words(after: "reset ")) == Set(SettingName.allCases.map(\.rawValue) + ["all"]))
    }
}
