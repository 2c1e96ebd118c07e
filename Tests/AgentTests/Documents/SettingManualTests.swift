import AdminSocket
import Foundation
import Testing

@testable import Agent

/// What a row of the settings' table says is in the manual pages, too.
@Suite("Settings in the manual pages")
struct SettingManualTests {
    @Test("every setting, with what it takes, its bounds and its default", arguments: Setting.table)
    func everySetting(_ row: Setting) throws {
        let setting = try #require(
            ManualPage("man/spoa-mirror-admin.7").item("Cm \(row.name) \(row.valuesInManual)"))
        let option = try #require(
            ManualPage("man/spoa-mirror.8").item("-\(row.option) \(row.valuesInManual)"))
        let words = row.values.filter { $0 == $0.lowercased() }
        for word in words {
            #expect(setting.tells(word) && option.tells(word), "\(row.name): \(word)")
        }
        for bounds in row.name.bounds {
            #expect(setting.contains(bounds) && option.contains(bounds), "\(row.name): \(bounds)")
            #expect(
                !row.optionText.contains(" to 1") || row.optionText.contains(bounds), "\(row.name): \(bounds)"
            )
        }
        let value = Settings().text(of: row.name)
        #expect(option.tells(value), "\(row.name): \(value)")
    }
}

extension Setting {
    /// How the head of an item tells what it takes: `Cm all | safe | Ar names`.
    fileprivate var valuesInManual: String {
        let isNamed = placeholder != nil && placeholder != values.joined(separator: "|")
        let parts = isNamed ? [placeholder?.uppercased() ?? ""] : values
        let macros = parts.map { $0 == $0.lowercased() ? "Cm" : "Ar" }
        let words = parts.indices.map { index in
            let isNew = index == 0 || macros[index] != macros[index - 1]
            let word = parts[index].lowercased().replacingOccurrences(of: ":", with: " :")
            return isNew ? "\(macros[index]) \(word)" : word
        }
        return words.joined(separator: " | ")
    }
}

extension SettingName {
    /// `1 to 100000`, if there are bounds: what is said of a number or a size past them.
    fileprivate var bounds: Set<String> {
        var bounds: Set<String> = []
        for text in ["0", "99999999999", "4096GiB"] {
            var settings = Settings()
            do throws(InvalidValue) { try settings.set(self, to: text) } catch {
                guard error.problem == .outOfRange, error.accepted != "at least 1ms" else { continue }
                bounds.insert(error.accepted.replacingOccurrences(of: "a number from ", with: ""))
            }
        }
        return bounds
    }
}
