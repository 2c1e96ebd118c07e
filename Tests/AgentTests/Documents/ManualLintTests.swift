import Foundation
import Testing

/// Manual pages are what mdoc(7) asks for, and refer to pages that there are.
@Suite("Manual pages: mandoc")
struct ManualLintTests {
    @Test func areClean() throws {
        let pages = try Documents.manualPages.map(\.lastPathComponent)
        #expect(pages == ["mirrorctl.1", "spoa-mirror-admin.7", "spoa-mirror.8"])
        for page in pages {
            let run = try Program("mandoc", "-T", "lint", "man/\(page)")
            // 0 to 2: nothing, a matter of style, a warning. From 5 on it did not read the page.
            #expect(run.status <= 2, "\(page): \(run.output)")
            let complaints = run.output.split(separator: "\n").filter { !Self.isAboutThisMachine($0, pages) }
            #expect(complaints == [])
        }
    }

    @Test func fitOnATerminal() throws {
        for page in try Documents.manualPages {
            let run = try Program("mandoc", "-T", "ascii", "-O", "width=78", page.path)
            #expect(run.status <= 2)
            // Bold and underlined letters are overstruck.
            let lines = run.output.replacing(/.\u{8}/, with: "").split(separator: "\n")
            #expect(lines.count > 50)
            for line in lines where !line.hasPrefix("mandoc: ") {
                #expect(line.count <= 80, "\(page.lastPathComponent): \(line)")
            }
        }
    }

    /// Other packages' pages may be missing or not be in mandoc's database; our own are not installed where tests run.
    private static func isAboutThisMachine(_ line: Substring, _ pages: [String]) -> Bool {
        if line.contains("mandoc.db") { return true }
        guard let reference = line.firstMatch(of: /referenced manual not found: Xr (\S+) (\d)/) else {
            return false
        }
        // Of HAProxy and systemd: a reference to anything else is a mistake.
        let others = ["haproxy", "sd_listen_fds", "sd_notify", "sd_watchdog_enabled", "systemd.exec"]
        return others.contains("\(reference.1)") || pages.contains("\(reference.1).\(reference.2)")
    }
}
