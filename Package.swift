// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

// Which commit `--version` names: `make release` sets both, and an ordinary build has neither.
let toolBuild: [CSetting] = ["POLAR_SEATS_COMMIT", "POLAR_SEATS_DATE"].compactMap { name in
    Context.environment[name].map { .define(name, to: "\"\($0)\"") }
}

let package = Package(
    name: "polar-seats",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "polar-seats", targets: ["polar-seats"]),
        .library(name: "PolarAPI", targets: ["PolarAPI"]),
    ],
    dependencies: [
        // Commands, flags and help texts.
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        // HTTP with keep-alive, proxies and TLS, for Polar's API.
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        // The bytes and the TLS settings that AsyncHTTPClient speaks in.
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        // The plan file: one SQLite file that is plan, journal and record. The embedded server's state file.
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        // The embedded, Polar-compatible server.
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        // The logger that the client's and the server's libraries share.
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        // Signals as an asynchronous sequence (its UnixSignals).
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        // SHA-256 of the rosters that a plan was made from, and of the style and script of HTML pages.
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        // Profiles of options, in YAML.
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: ["YAML"]),
        // The places of keys in the configuration file: swift-configuration gives values alone.
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        // The HTML report's templates.
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        // File paths, as swift-configuration takes them, and swift-subprocess in tests.
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        // Tests run the built binary.
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
    ],
    targets: [
        .systemLibrary(name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        // SQLite's switches against hostile files, which Swift cannot call by itself.
        .systemLibrary(name: "CPlanDatabase"),
        // Bytes compared 64 at a time, for which Swift has no instruction.
        .target(name: "CByteMasks"),
        .target(name: "RosterFormats", dependencies: ["CLibXML2", "CByteMasks"], swiftSettings: strict),
        .target(
            name: "Rosters",
            dependencies: ["RosterFormats", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: strict
        ),
        .target(name: "SeatPlanning", dependencies: ["RosterFormats", "Rosters"], swiftSettings: strict),
        .target(
            name: "PolarAPI",
            dependencies: [
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                // Locks that the thread sanitizer knows; it does not know those of the standard library.
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOFoundationCompat", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "SeatRuns",
            dependencies: [
                "RosterFormats", "Rosters", "SeatPlanning", "PolarAPI", "CPlanDatabase",
                .product(name: "GRDB", package: "GRDB.swift"),
                // SQLite's own C interface, for writing a plan's million rows.
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "SeatAudits", dependencies: ["Rosters", "SeatPlanning", "PolarAPI", "SeatRuns"], swiftSettings: strict
        ),
        .target(
            name: "Rehearsal", dependencies: ["SeatPlanning", "PolarAPI", "SeatRuns", "EmbeddedServer"],
            swiftSettings: strict),
        .target(
            name: "SeatReports",
            dependencies: [
                "RosterFormats", "Rosters", "SeatPlanning", "SeatAudits",
                .product(name: "Mustache", package: "swift-mustache"),
                // The hashes that a page's content security policy names.
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            resources: [.embedInCode("HTML/Resources")],
            swiftSettings: strict
        ),
        .target(
            name: "EmbeddedServer",
            dependencies: [
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                // The state file.
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            resources: [.embedInCode("Seed/Resources")],
            swiftSettings: strict
        ),
        .target(name: "CToolBuild", cSettings: toolBuild),
        .target(
            name: "PolarSeatsCommands",
            dependencies: [
                "CToolBuild",
                "RosterFormats", "Rosters", "SeatPlanning", "PolarAPI", "SeatRuns", "SeatAudits", "SeatReports",
                "Rehearsal",
                "EmbeddedServer",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "Yams", package: "Yams"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "polar-seats",
            dependencies: ["PolarSeatsCommands"],
            swiftSettings: strict
        ),
        // What several test targets share: seeded randomness, scratch folders, a third party that interferes.
        .target(
            name: "TestSupport",
            // Plan files are damaged by SQLite itself, behind the tool's back.
            dependencies: ["PolarAPI", .product(name: "GRDB", package: "GRDB.swift")],
            path: "Tests/TestSupport",
            swiftSettings: strict
        ),
        .testTarget(name: "RosterFormatsTests", dependencies: ["RosterFormats", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "RostersTests",
            dependencies: ["Rosters", "RosterFormats", "TestSupport"],
            resources: [.copy("Fixtures")],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SeatPlanningTests",
            dependencies: ["SeatPlanning", "Rosters", "RosterFormats", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "PolarAPITests",
            dependencies: [
                "PolarAPI", "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Logging", package: "swift-log"),
            ],
            resources: [.copy("Fixtures")],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SeatRunsTests",
            dependencies: [
                "SeatRuns", "SeatAudits", "Rehearsal", "SeatPlanning", "PolarAPI", "Rosters", "RosterFormats",
                "SeatReports",
                "EmbeddedServer", "TestSupport",
            ],
            resources: [.copy("Fixtures")],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SeatReportsTests",
            dependencies: ["SeatReports", "SeatAudits", "SeatPlanning", "Rosters", "RosterFormats", "TestSupport"],
            resources: [.copy("Fixtures")],
            swiftSettings: strict
        ),
        .testTarget(
            name: "EmbeddedServerTests",
            dependencies: [
                "EmbeddedServer", "TestSupport",
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            resources: [.copy("Fixtures")],
            swiftSettings: strict
        ),
        .testTarget(
            name: "PolarSeatsCommandsTests",
            dependencies: [
                "PolarSeatsCommands", "PolarAPI", "RosterFormats", "Rosters", "SeatPlanning", "SeatRuns", "SeatAudits",
                "SeatReports", "Rehearsal", "EmbeddedServer", "TestSupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            // Texts that are compared where they stand.
            exclude: ["Fixtures"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "polar-seats", "TestSupport",
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict
        ),
    ]
)

// `make asan` builds the targets that read files, which need no packages, and their tests, alone.
if Context.environment["POLAR_SEATS_PART"] == "readers" {
    let part = [
        "CLibXML2", "CByteMasks", "RosterFormats", "Rosters", "SeatPlanning", "TestSupport", "RosterFormatsTests",
        "RostersTests", "SeatPlanningTests",
    ]
    package.dependencies = []
    package.products = []
    package.targets.removeAll { !part.contains($0.name) }
    for target in package.targets where target.name == "Rosters" {
        target.dependencies = ["RosterFormats"]
        // It hashes with a package.
        target.exclude = ["Rows/RosterFile.swift"]
    }
    for target in package.targets where target.name == "TestSupport" {
        target.dependencies = []
        target.exclude = ["ThirdParty.swift", "HostilePlans.swift"]
    }
}
