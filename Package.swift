// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
    name: "spoa-mirror",
    products: [
        .executable(name: "spoa-mirror", targets: ["Agent"]),
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
        .systemLibrary(name: "CLibedit", pkgConfig: "libedit"),
        .target(name: "CLinux"),
        .target(
            name: "SPOP",
            swiftSettings: strict + [.enableExperimentalFeature("Lifetimes")]),
        .target(name: "Stats", swiftSettings: strict),
        .target(name: "AdminSocket", swiftSettings: strict),
        .executableTarget(
            name: "Agent",
            dependencies: [
                "SPOP", "Stats", "AdminSocket", "CLibev", "CLibcurl", "CLinux",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "mirrorctl",
            dependencies: [
                "AdminSocket", "CLibedit", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "Benchmarks", dependencies: ["SPOP"], path: "Benchmarks",
            swiftSettings: [.swiftLanguageMode(.v6)]),
        .testTarget(
            name: "SPOPTests", dependencies: ["SPOP"], resources: [.copy("Fixtures")],
            swiftSettings: [.swiftLanguageMode(.v6)]),
        .testTarget(
            name: "AdminSocketTests", dependencies: ["AdminSocket"], swiftSettings: [.swiftLanguageMode(.v6)]),
        .testTarget(
            name: "AgentTests",
            dependencies: [
                "Agent", "AdminSocket", "SPOP", "Stats",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], swiftSettings: [.swiftLanguageMode(.v6)]),
        .testTarget(
            name: "EndToEndTests", dependencies: ["Agent", "SPOP"], swiftSettings: [.swiftLanguageMode(.v6)]),
    ]
)
