import Testing

@testable import Agent

@Suite("JSON")
struct JSONTests {
    @Test func jsonHasItsKeysInOrder() {
        let nested: JSON = [
            "b": .array([JSON(UInt64.max), .bool(true)]), "a_c": ["x": JSON(-1)], "a": .array([]),
        ]
        #expect(nested.text == #"{"a":[],"a_c":{"x":-1},"b":[18446744073709551615,true]}"#)
    }
}
