import Foundation
import Sources
import TestSupport
import Testing

@Suite struct `The account that reads a Google sheet` {
    @Test func `one token serves until it is nearly old`() async throws {
        try await withSheetsStandIn(buyersGrid()) { google in
            let clock = SkippingClock()
            let source = try source(reading: google, tab: "買主リスト", clock: clock)
            _ = try await source.open()
            clock.advance(by: .seconds(3599 - 301))
            _ = try await source.open()
            #expect(google.tokensIssued == 1)
            clock.advance(by: .seconds(2))
            _ = try await source.open()
            #expect(google.tokensIssued == 2)
        }
    }

    @Test func `a token revoked in mid-run is renewed once, and the run goes on`() async throws {
        try await withSheetsStandIn(buyersGrid()) { google in
            let source = try source(reading: google, tab: "買主リスト")
            google.afterEachRead { [weak google] count in if count == 1 { google?.revokeTokens() } }
            _ = try await source.open()
            try await source.wantShown([3])
            #expect(try await readAll(source).rows.count == 3)
            #expect(google.tokensIssued == 2)
        }
    }

    @Test func `a second refusal is about the account and ends the run`() async throws {
        try await withSheetsStandIn(buyersGrid()) { google in
            google.refuseAllTokens()
            let clock = SkippingClock()
            let error = try await failure(try source(reading: google, tab: "買主リスト", clock: clock))
            #expect(error.kind == .refused && error.description.contains(google.clientEmail))
            #expect(google.tokensIssued == 2 && clock.waits.isEmpty)
        }
    }

    @Test func `a token service in trouble is asked again`() async throws {
        try await withSheetsStandIn(buyersGrid()) { google in
            google.failTokens(.status(500), .status(503, retryAfterSeconds: 3))
            let clock = SkippingClock()
            _ = try await source(reading: google, tab: "買主リスト", clock: clock).open()
            #expect(clock.waits.count == 2 && clock.waits[1] >= .seconds(3))
        }
    }

    @Test(arguments: [3600, -3600])
    func `a clock that is wrong is named, with how wrong it is`(secondsFast: Int) async throws {
        try await withSheetsStandIn(buyersGrid()) { google in
            let error = try await failure(try source(reading: google, tab: "買主リスト", clock: SkippingClock(secondsFast: secondsFast)))
            #expect(error.kind == .refused)
            let minutes = error.description.contains("60 minutes") || error.description.contains("59 minutes")
            #expect(minutes && error.description.contains(secondsFast > 0 ? "ahead of Google's" : "behind Google's"))
        }
    }

    @Test func `a key that Google no longer knows is named`() async throws {
        try await withSheetsStandIn(buyersGrid()) { google in
            google.failTokens(.invalidGrant)
            let clock = SkippingClock()
            let error = try await failure(try source(reading: google, tab: "買主リスト", clock: clock))
            #expect(error.kind == .refused && error.description.contains("deleted, disabled or replaced"))
            #expect(clock.waits.isEmpty)
        }
    }

    /// A way to spoil the key file, and what the error must say.
    struct Spoiled: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let says: String
        let spoil: @Sendable (inout [String: Any], inout Data?) -> Void
    }

    static let spoiled: [Spoiled] = [
        Spoiled(testDescription: "not JSON", says: "is not JSON") { _, whole in whole = Data("{\"type\":".utf8) },
        Spoiled(testDescription: "a list", says: "expected a JSON object") { _, whole in whole = Data("[]".utf8) },
        Spoiled(testDescription: "empty", says: "is not JSON") { _, whole in whole = Data() },
        Spoiled(testDescription: "huge", says: "has 100000 bytes") { _, whole in whole = Data(repeating: 32, count: 100_000) },
        Spoiled(testDescription: "a person's", says: "has type \"authorized_user\"") { key, _ in key["type"] = "authorized_user" },
        Spoiled(testDescription: "no type", says: "has no text \"type\"") { key, _ in key["type"] = nil },
        Spoiled(testDescription: "no e-mail", says: "has no text \"client_email\"") { key, _ in key["client_email"] = nil },
        Spoiled(testDescription: "e-mail with CR LF", says: "line break") { key, _ in key["client_email"] = "a@b\r\n" },
        Spoiled(testDescription: "no key", says: "has no text \"private_key\"") { key, _ in key["private_key"] = 7 },
        Spoiled(testDescription: "a cut key", says: "private key is not an unencrypted PEM key") { key, _ in
            key["private_key"] = String("\(key["private_key"] ?? "")".dropLast(40))
        },
        Spoiled(testDescription: "an elliptic key", says: "private key is not RSA") { key, _ in
            key["private_key"] = """
                -----BEGIN PRIVATE KEY-----
                MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF
                -----END PRIVATE KEY-----
                """
        },
        Spoiled(testDescription: "tokens over plain HTTP", says: "token_uri that is no https address") { key, _ in
            key["token_uri"] = "http://tokens.example.org/token"
        },
    ]

    @Test(arguments: spoiled)
    func `a key file that cannot be right says what is wrong with it, and nothing of the key`(spoiled: Spoiled) async throws {
        try await withSheetsStandIn(buyersGrid()) { google in
            var key = try #require(try JSONSerialization.jsonObject(with: Data(try google.keyFile())) as? [String: Any])
            var whole: Data?
            spoiled.spoil(&key, &whole)
            try await withFile(try whole ?? JSONSerialization.data(withJSONObject: key)) { path in
                let error = #expect(throws: SourceError.self) { try source(reading: google, tab: "t") { $0.credentialsFile = path } }
                #expect(error?.kind == .unusable)
                #expect(error?.description.contains(spoiled.says) == true, "\(error?.description ?? "nothing")")
                #expect(error?.description.contains(path) == true)
                #expect(error?.description.contains("MII") == false)
            }
        }
    }

    @Test func `line breaks that a shell wrote as two characters are read as line breaks`() async throws {
        try await withSheetsStandIn(buyersGrid()) { google in
            let text = String(decoding: try google.keyFile(), as: UTF8.self).replacing("\\n", with: "\\\\n")
            try await withFile(Data(text.utf8)) { path in
                let header = try await source(reading: google, tab: "買主リスト") { $0.credentialsFile = path }.open()
                #expect(header.count == 4)
            }
        }
    }

    @Test func `a key file that is not there, or a folder, is named with the cure`() async throws {
        try await withSheetsStandIn(buyersGrid()) { google in
            for (path, says) in [("/nowhere/key.json", "no such file"), ("/tmp", "is a folder")] {
                let error = #expect(throws: SourceError.self) { try source(reading: google, tab: "t") { $0.credentialsFile = path } }
                #expect(error?.description.contains(says) == true)
            }
            let none = #expect(throws: SourceError.self) { try source(reading: google, tab: "t") { $0.credentialsFile = nil } }
            #expect(none?.description.contains("GOOGLE_APPLICATION_CREDENTIALS") == true)
        }
    }

    @Test(arguments: ["https://tokens.example.org/token", "https://googleapis.com.example.org/token", "https://evilgoogleapis.com/token"])
    func `an assertion for Google goes to Google alone`(uri: String) async throws {
        try await withSheetsStandIn(buyersGrid()) { google in
            try await withFile(Data(try google.keyFile(tokenURI: uri))) { path in
                let error = #expect(throws: SourceError.self) {
                    try source(reading: google, tab: "t") { ($0.credentialsFile, $0.endpoint) = (path, nil) }
                }
                #expect(error?.description.contains("token_uri at") == true)
            }
        }
    }

    @Test(arguments: ["http://sheets.example.org", "ftp://127.0.0.1", "sheets.googleapis.com"])
    func `a token is not sent in the clear`(endpoint: String) async throws {
        try await withSheetsStandIn(buyersGrid()) { google in
            let error = #expect(throws: SourceError.self) { try source(reading: google, tab: "t") { $0.endpoint = endpoint } }
            #expect(error?.description.contains("the endpoint is no https address") == true)
        }
    }
}

/// Lends a file with these bytes.
func withFile(_ content: Data, _ body: (String) async throws -> Void) async throws {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("rollcall-key-\(UUID().uuidString).json")
    try content.write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    try await body(file.path)
}
