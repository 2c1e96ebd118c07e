// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// `make fuzz` sets it: the fuzzers and what they test are compiled for libFuzzer.
let isFuzzing = Context.environment["SPOA_MIRROR_FUZZ"] != nil
let fuzzed: [SwiftSetting] =
    strict + (isFuzzing ? [.unsafeFlags(["-sanitize=fuzzer,address", "-enable-testing"])] : [])

let package = Package(
    name: "spoa-mirror",
    products: [
        .executable(name: "spoa-mirror", targets: ["spoa-mirror"]),
        .executable(name: "mirrorctl", targets: ["mirrorctl"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    ],
    targets: [
        .systemLibrary(name: "CLibev"),
        .systemLibrary(name: "CLibcurl", pkgConfig: "libcurl"),
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl"),
        .systemLibrary(name: "CLibedit", pkgConfig: "libedit"),
        .target(name: "CLinux"),
        .target(
            name: "SPOP",
            swiftSettings: fuzzed + [.enableExperimentalFeature("Lifetimes")]),
        .target(name: "System", dependencies: ["CLinux"], swiftSettings: fuzzed),
        .target(name: "Stats", dependencies: ["System"], swiftSettings: strict),
        .target(name: "AdminSocket", swiftSettings: fuzzed),
        .target(
            name: "Agent",
            dependencies: [
                "SPOP", "Stats", "AdminSocket", "System", "CLibev", "CLibcurl", "COpenSSL", "CLinux",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: fuzzed),
        .executableTarget(name: "spoa-mirror", dependencies: ["Agent"], swiftSettings: strict),
        .executableTarget(
            name: "mirrorctl", dependencies: ["AdminSocket", "System", "CLibedit"],
            swiftSettings: strict),
        .executableTarget(
            name: "Benchmarks", dependencies: ["SPOP"], path: "Benchmarks",
            swiftSettings: [.swiftLanguageMode(.v6)]),
        .testTarget(
            name: "SPOPTests", dependencies: ["SPOP"], resources: [.copy("Fixtures")],
            swiftSettings: [.swiftLanguageMode(.v6)]),
        .testTarget(
            name: "SystemTests", dependencies: ["System", "CLinux"], swiftSettings: [.swiftLanguageMode(.v6)]),
        .testTarget(name: "StatsTests", dependencies: ["Stats"], swiftSettings: [.swiftLanguageMode(.v6)]),
        .testTarget(
            name: "AdminSocketTests", dependencies: ["AdminSocket"], swiftSettings: [.swiftLanguageMode(.v6)]),
        .testTarget(
            name: "AgentTests",
            dependencies: [
                "Agent", "mirrorctl", "AdminSocket", "SPOP", "Stats", "System",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], exclude: ["Interface/names.txt"], swiftSettings: [.swiftLanguageMode(.v6)]),
        .testTarget(
            name: "EndToEndTests", dependencies: ["spoa-mirror", "AdminSocket", "SPOP"],
            swiftSettings: [.swiftLanguageMode(.v6)]),
    ]
)

if isFuzzing {
    package.products.append(.executable(name: "fuzz", targets: ["Fuzz"]))
    package.targets += [
        .systemLibrary(name: "CFuzzer", path: "Fuzz/CFuzzer"),
        .executableTarget(
            name: "Fuzz",
            dependencies: [
                "Agent", "SPOP", "AdminSocket", "CFuzzer",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Fuzz", exclude: ["CFuzzer"],
            swiftSettings: [.swiftLanguageMode(.v6)],
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])]),
    ]
}
