import Foundation
import Testing

/// Sources are read as words: an initialiser or subscript in an extension, a member that is called without a dot, and one whose name
/// others have as well, are not told from those of the own folder.
@Suite("The layout of the sources")
struct FloorsTests {
    /// The folders of Sources/Agent, from the bottom.
    private static let agent = Floors(order: [
        ["Log"], ["EventLoop"], ["Settings"], ["Listening", "Destination", "Names"], ["Mirror", "Options"],
        ["Transport"], ["Curl"], ["HTTP1"], ["Delivery", "Control"], ["HAProxy"], ["Workers"],
        ["Admin", "Metrics"],
        ["Service"], ["Check"], ["Program.swift"],
    ])

    /// What each target of Swift imports of the others.
    private static let imports: [String: Set<String>] = [
        "System": [], "SPOP": [], "Stats": ["System"], "AdminSocket": [],
        "Agent": ["System", "SPOP", "Stats", "AdminSocket"], "mirrorctl": ["System", "AdminSocket"],
        "spoa-mirror": ["Agent"],
    ]

    /// Texts of the Swift files of Sources, by their paths in it.
    private static let texts: [String: String] = {
        let root = Documents.root.appendingPathComponent("Sources")
        let paths = FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String } ?? []
        return paths.filter { $0.hasSuffix(".swift") }.reduce(into: [:]) {
            $0[$1] = try? String(contentsOf: root.appendingPathComponent($1), encoding: .utf8)
        }
    }()

    private static let sources = texts.mapValues { SwiftSource($0) }

    @Test("No folder of the agent reaches up, and no two depend on each other")
    func folders() {
        let prefix = "Agent/"
        let files = Self.sources.filter { $0.key.hasPrefix(prefix) }
        #expect(files.count > 100)
        let others = Self.sources.filter { !$0.key.hasPrefix(prefix) }.values
        let paths = files.map { (String($0.key.dropFirst(prefix.count)), $0.value) }
        #expect(
            Self.agent.violations(in: Dictionary(uniqueKeysWithValues: paths), others: Array(others)) == [])
    }

    @Test("Targets import what is below them")
    func targets() throws {
        var found: [String] = []
        for (path, source) in Self.sources {
            let target = String(path.prefix { $0 != "/" })
            let allowed = try #require(Self.imports[target], "\(target) is not in the list")
            for (module, line) in source.imports
            where Self.imports[module] != nil && !allowed.contains(module) {
                found.append("Sources/\(path):\(line): \(target) imports \(module)")
            }
        }
        #expect(found.sorted() == [])
    }

    @Test("Libraries in C are called where they belong")
    func libraries() {
        let homes = [
            "CLibev": ["Agent/EventLoop/", "Agent/Options/Version.swift"],
            // Beside the transport: URLs are taken apart as libcurl does, and the system's authorities are its own.
            "CLibcurl": [
                "Agent/Curl/", "Agent/Settings/MirrorURL.swift", "Agent/Settings/TrustStore.swift",
                "Agent/Options/Version.swift",
            ],
            "COpenSSL": ["Agent/Settings/", "Agent/Curl/"], "CLibedit": ["mirrorctl/"],
        ]
        let strangers = Self.sources.flatMap { path, source in
            source.imports.filter { homes[$0.module]?.contains { path.hasPrefix($0) } == false }
                .map { "Sources/\(path):\($0.line): imports \($0.module)" }
        }
        #expect(strangers.sorted() == [])
    }

    @Test("Above the transports nobody names one, but who makes them")
    func transports() {
        let found = Self.sources.filter {
            $0.key.hasPrefix("Agent/") && !$0.key.hasPrefix("Agent/Curl/")
                && $0.key != "Agent/Workers/Transports.swift"
        }
        .flatMap { path, source in
            source.words.filter {
                $0.text.hasPrefix("Curl") || $0.text.lowercased().hasPrefix("linux_guard")
            }
            .map { "Sources/\(path):\($0.line): \($0.text)" }
        }
        #expect(found.sorted() == [])
    }

    @Test("A file holds one idea: 300 lines at most")
    func lengths() {
        let long = Self.texts.mapValues {
            $0.split(separator: "\n", omittingEmptySubsequences: false).count - 1
        }
        .filter { $0.value > 300 }
        #expect(long.map { "Sources/\($0.key): \($0.value) lines" }.sorted() == [])
    }

    @Test("What reaches up or sideways is found, and what only talks of it is not")
    func examples() {
        let files = [
            "Low/A.swift": ##"""
            // Upper
            /* Upper /* .shine */ Upper */
            struct A {
                let text = "Upper \("Upper" + Upper.name) .shine"
                let long = """
                    Upper "\(1 + (2 * Upper.two))" Upper
                    """
                let raw = #"Upper \(Upper) " \#(Upper.three) Upper"#
                struct Inner { enum Shown { case inner } }
                var shown: Shown { "".shine ? .inner : text.usual }
                let hidden: Hidden
                func sing() { hum() }
                let roster: Low.Roster
            }
            """##,
            "High/B.swift": """
            struct Upper {}
            enum Shown {}
            private struct Hidden {}
            func hum() {}
            extension String {
                var shine: Bool { true }
                var usual: Bool { false }
                private var secret: Bool { false }
            }
            extension Low { struct Roster {} }
            extension Beside {
                static var usual: Int { 1 }
            }
            """,
            "Beside/C.swift": """
            struct Beside {
                let usual: Int
                let a: A
                let upper: [Upper]
            }
            """,
            "Attic/D.swift": "struct D { let upper: Upper }",
        ]
        let floors = Floors(order: [["Low"], ["High", "Beside"]])
        #expect(
            floors.violations(in: files.mapValues { SwiftSource($0) }) == [
                "Attic/D.swift:1: Attic has no floor",
                "Beside/C.swift:4: Beside uses Upper of High",
                "High/B.swift:11: High uses Beside of Beside",
                "Low/A.swift:4: Low uses Upper of High",
                "Low/A.swift:6: Low uses Upper of High",
                "Low/A.swift:8: Low uses Upper of High",
                "Low/A.swift:10: Low uses shine of High",
                "Low/A.swift:12: Low uses hum of High",
                "Low/A.swift:13: Low uses Roster of High",
            ])
    }

    @Test("Imports are found in all their forms")
    func importForms() {
        let source = SwiftSource(
            "internal import System\n// import Agent\n@testable import struct Stats.Counter\n")
        #expect(source.imports.map(\.module) == ["System", "Stats"])
        #expect(source.imports.map(\.line) == [1, 3])
    }
}
