// swift-tools-version: 6.2
import PackageDescription

// One rule a line: warnings stop the build, existentials are spelled out, a file imports what it uses.
let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error), .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility"),
]

/// An executable of its own container, in Services/.
func service(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies + ["Reporting", "CommandLines", "Settings", "Lifecycle", "Telemetry"],
        path: "Services/\(name)", swiftSettings: strict)
}

/// What several services speak of, in Shared/.
func shared(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, path: "Shared/\(name)", swiftSettings: strict)
}

/// What knows nothing of Rollcall, in Shared/Platform/.
func platform(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, path: "Shared/Platform/\(name)", swiftSettings: strict)
}

/// A C library of the distribution; exactly one platform module imports it.
func library(_ name: String, pkgConfig: String?, apt package: String) -> Target {
    .systemLibrary(name: name, path: "Shared/Platform/C/\(name)", pkgConfig: pkgConfig, providers: [.apt([package])])
}

func tests(_ name: String, _ more: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.init(stringLiteral: name), "TestSupport"] + more, path: "Tests/\(name)Tests", exclude: exclude,
        swiftSettings: strict)
}

let package = Package(
    name: "rollcall",
    products: [
        .executable(name: "extractor", targets: ["Extractor"]),
        .executable(name: "loader", targets: ["Loader"]),
        .executable(name: "retrier", targets: ["Retrier"]),
        .executable(name: "monitor", targets: ["Monitor"]),
        .executable(name: "verifier", targets: ["Verifier"]),
        .executable(name: "standins", targets: ["StandIns"]),
        .library(name: "ShiftedClock", type: .dynamic, targets: ["ShiftedClock"]),
    ],
    targets: [
        service(
            "Extractor",
            ["Records", "Failures", "Mapping", "Pipelines", "Topics", "Sources", "Schema", "Books", "Kafka", "Postgres", "JSONText", "Hashing", "Text"]),
        service("Loader", ["Records", "Failures", "Pipelines", "Topics", "Schema", "Books", "Kafka", "Postgres", "JSONText", "Hashing", "Text"]),
        service("Retrier", ["Records", "Failures", "Pipelines", "Topics", "Schema", "Books", "Kafka", "Postgres", "JSONText"]),
        service("Monitor", ["Records", "Failures", "Books", "Postgres", "JSONText"]),
        service("Verifier", []),

        shared("Records", ["JSONText", "Hashing"]),
        shared("Failures", ["Records"]),
        shared("Pipelines", ["YAMLText", "Text"]),
        shared("Mapping", ["Records", "Pipelines", "JSONText", "Hashing", "Text"]),
        shared("Topics", ["Records", "Failures", "Kafka", "JSONText"]),
        shared("Books", ["Records", "Failures", "Postgres", "CommandLines"]),
        shared("Schema", ["Pipelines", "Mapping", "Postgres", "Text"]),
        shared("Sources", ["Records", "Pipelines", "Mapping", "HTTPClient", "JSONText", "Signing", "Text", "Hashing"]),
        shared("Reporting", ["CommandLines", "Settings", "JSONText", "Text"]),

        platform("Kafka", ["CKafka", "Lifecycle", "Settings"]),
        platform("Postgres", ["CPostgres", "CommandLines", "Lifecycle", "Settings"]),
        platform("HTTPClient", ["CCurl"]),
        platform("HTTPServer", ["CMicroHTTPD"]),
        platform("JSONText"),
        platform("YAMLText", ["CYAML", "Text"]),
        platform("Text", ["CUTF8Proc"]),
        platform("Hashing", ["CXXHash"]),
        platform("Signing", ["CCrypto"]),
        platform("CommandLines", ["Text"]),
        platform("Settings", ["Text"]),
        platform("Lifecycle"),
        platform("Telemetry", ["CommandLines", "JSONText", "HTTPServer", "Lifecycle", "Settings"]),

        library("CKafka", pkgConfig: "rdkafka", apt: "librdkafka-dev"),
        library("CPostgres", pkgConfig: "libpq", apt: "libpq-dev"),
        library("CCurl", pkgConfig: "libcurl", apt: "libcurl4-openssl-dev"),
        library("CMicroHTTPD", pkgConfig: "libmicrohttpd", apt: "libmicrohttpd-dev"),
        library("CYAML", pkgConfig: "yaml-0.1", apt: "libyaml-dev"),
        library("CUTF8Proc", pkgConfig: nil, apt: "libutf8proc-dev"),  // Its pkg-config file has a flag SwiftPM refuses.
        library("CXXHash", pkgConfig: nil, apt: "libxxhash-dev"),  // Header only.
        library("CCrypto", pkgConfig: "libcrypto", apt: "libssl-dev"),

        .target(
            name: "SampleData", dependencies: ["JSONText", "Text"], path: "Tests/SampleData", swiftSettings: strict),
        .target(
            name: "TestSupport",
            dependencies: [
                "SampleData", "HTTPServer", "JSONText", "Kafka", "Postgres", "Books", "Lifecycle", "Mapping", "Records", "Signing", "Sources", "Text",
            ],
            path: "Tests/TestSupport", swiftSettings: strict),
        .executableTarget(
            name: "StopProbe", dependencies: ["CommandLines", "Lifecycle"], path: "Tests/StopProbe", swiftSettings: strict),
        .target(name: "ShiftedClock", path: "Tests/ShiftedClock"),
        .executableTarget(
            name: "StandIns", dependencies: ["TestSupport", "SampleData", "CommandLines", "JSONText", "Lifecycle", "Reporting"], path: "Tests/StandIns",
            swiftSettings: strict),

        tests("JSONText"), tests("YAMLText"), tests("Text"), tests("Hashing"), tests("Signing"), tests("CommandLines", ["StopProbe"]), tests("Settings"),
        tests("Lifecycle", ["StopProbe"]), tests("Telemetry", ["CommandLines", "HTTPClient", "JSONText", "Lifecycle", "Settings"]),
        tests("HTTPClient", ["HTTPServer"]), tests("HTTPServer", ["HTTPClient"]), tests("Kafka", ["Settings"]), tests("Postgres", ["Settings"]),
        tests("Records", ["JSONText"]), tests("Failures"), tests("Mapping", ["Pipelines", "JSONText", "SampleData"]), tests("Pipelines", ["YAMLText"]),
        tests("Topics", ["Records", "Kafka", "JSONText"], exclude: ["Golden"]), tests("Books", ["Postgres", "Failures", "Records"]),
        tests("Schema", ["Pipelines", "Postgres", "Mapping", "Books"]),
        tests("Sources", ["Pipelines", "Mapping", "HTTPClient", "HTTPServer", "JSONText", "SampleData"], exclude: ["Square/Golden"]),
        tests("Reporting", ["CommandLines", "JSONText", "Settings"]),
        tests("SampleData", ["Mapping", "JSONText"]),
        tests(
            "Extractor",
            [
                "Records", "Failures", "Mapping", "Pipelines", "Sources", "Schema", "Books", "Postgres", "Kafka", "Topics", "JSONText", "SampleData",
                "CommandLines", "Reporting", "Text",
            ]),
        tests("Loader", ["Records", "Failures", "Pipelines", "Schema", "Books", "Postgres", "Kafka", "Topics", "JSONText"]),
        tests("Retrier", ["Records", "Failures", "Pipelines", "Books", "Postgres", "Kafka", "Topics", "JSONText", "CommandLines", "Settings", "Reporting"]),
        tests("Monitor", ["Postgres", "Books", "Failures", "Records", "JSONText", "CommandLines", "Reporting", "Settings", "Telemetry"]),
        .testTarget(name: "ProjectTests", path: "Tests/ProjectTests", swiftSettings: strict),
        .testTarget(
            name: "JourneyTests",
            dependencies: [
                "TestSupport", "SampleData", "Postgres", "Kafka", "Records", "Books", "JSONText", "Topics", "Extractor", "Loader", "Retrier", "Monitor",
            ],
            path: "Tests/JourneyTests", swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6])
