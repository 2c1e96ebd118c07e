import Testing

@testable import AdminSocket

@Suite("The settings' table")
struct SettingTableTests {
    @Test func labels() {
        #expect(SettingName.url.row.label == "Destination" && SettingName.url.row.option == "mirror-url")
        #expect(SettingName.maxQueueBytes.row.label == "Max queue bytes")
    }

    @Test func everySettingHasOneRow() {
        #expect(Setting.table.count == SettingName.allCases.count)
        #expect(Set(Setting.table.map(\.name)) == Set(SettingName.allCases))
    }
}
