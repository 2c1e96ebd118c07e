import Foundation
import Testing

@testable import SPOP

/// One connection that a real HAProxy wrote, from `Fixtures`.
struct Recording: CustomTestStringConvertible, Sendable {
    let version: String
    let name: String
    let bytes: [UInt8]
    /// The frames that the manifest lists, such as `NOTIFY(more)`.
    let frames: [String]

    var testDescription: String { "\(version)/\(name)" }

    /// Every recording of every HAProxy version.
    static let all: [Recording] = {
        guard let root = Bundle.module.resourceURL?.appendingPathComponent("Fixtures") else { return [] }
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []
        return versions.sorted().flatMap { load(version: $0, from: root.appendingPathComponent($0)) }
    }()

    private struct Manifest: Decodable {
        struct File: Decodable {
            let frames: [String]
        }
        let files: [String: File]
    }

    private static func load(version: String, from folder: URL) -> [Recording] {
        guard let data = try? Data(contentsOf: folder.appendingPathComponent("manifest.json")),
            let manifest = try? JSONDecoder().decode(Manifest.self, from: data)
        else { return [] }
        return manifest.files.sorted { $0.key < $1.key }.compactMap { name, file in
            guard let bytes = try? Data(contentsOf: folder.appendingPathComponent(name)) else { return nil }
            return Recording(version: version, name: name, bytes: Array(bytes), frames: file.frames)
        }
    }
}

/// Random numbers that a failing test can be run again with: the seed is in the test's output.
struct SeededGenerator: RandomNumberGenerator {
    let seed: UInt64
    private var state: UInt64

    /// Takes the seed from the environment's SEED, or draws one.
    init() {
        self.init(
            seed: ProcessInfo.processInfo.environment["SEED"].flatMap(UInt64.init)
                ?? .random(in: .min ... .max))
    }

    init(seed: UInt64) {
        self.seed = seed
        state = seed
    }

    /// SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
