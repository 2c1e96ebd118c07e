import Testing

@testable import Agent

@Suite("JSON")
struct JSONTests {
    @Test func jsonHasItsKeysInOrder() {
        let nested: JSON = [
            "b": JSON([JSON(UInt64.max), JSON(true)]), "a_c": ["x": JSON(-1)], "a": JSON([JSON]()),
        ]
        #expect(nested.text == #"{"a":[],"a_c":{"x":-1},"b":[18446744073709551615,true]}"#)
    }
}
