import Foundation
import Signing
import TestSupport
import Testing

@Suite struct `Signing` {
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ])
    func `SHA-256 gives the digests of FIPS 180-4`(text: String, digest: String) {
        #expect(hexadecimal(sha256(Array(text.utf8))) == digest)
    }

    @Test func `HMAC gives the codes of RFC 4231 and refuses an empty key`() throws {
        let code = try hmacSHA256(Array("what do ya want for nothing?".utf8), key: Array("Jefe".utf8))
        #expect(hexadecimal(code) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        #expect(throws: SigningError.self) { try hmacSHA256([1], key: []) }
    }

    @Test(arguments: [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"), ("foobar", "Zm9vYmFy")])
    func `base64url is that of RFC 4648 without padding`(text: String, encoded: String) {
        #expect(base64URL(Array(text.utf8)) == encoded)
        #expect(base64URLDecoded(encoded) == Array(text.utf8))
    }

    @Test(arguments: ["Zg==", "Z", "Zh", "Zm9v YmFy", "+/", "ＡＡ"])
    func `what is no base64url is refused`(text: String) {
        #expect(base64URLDecoded(text) == nil)
    }

    @Test("Bytes come back from base64url as they went in", .tags(.property), arguments: 1...100 as ClosedRange<UInt64>)
    func base64RoundTrip(seed: UInt64) {
        var random = SeededGenerator(seed)
        let bytes = (0..<Int.random(in: 0...200, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        let text = base64URL(bytes)
        #expect(base64URLDecoded(text) == bytes)
        #expect(text.utf8.allSatisfy { $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "=") })
    }

    @Test func `a token is signed so that OpenSSL verifies it, and nothing else passes`() throws {
        try withFolder { folder in
            let pem = try RSAPrivateKey.generatedPEM()
            let token = try signedJSONWebToken(header: Array(#"{"alg":"RS256"}"#.utf8), claims: Array(#"{"iss":"a"}"#.utf8), key: RSAPrivateKey(pem: pem))
            let parts = token.split(separator: ".")
            #expect(parts.count == 3 && base64URLDecoded(parts[1]) == Array(#"{"iss":"a"}"#.utf8))
            try Data(pem.utf8).write(to: folder.appendingPathComponent("key"))
            try Data(try #require(base64URLDecoded(parts[2]))).write(to: folder.appendingPathComponent("signature"))
            try Data("\(parts[0]).\(parts[1])".utf8).write(to: folder.appendingPathComponent("content"))
            try Data("\(parts[0]).\(parts[1])x".utf8).write(to: folder.appendingPathComponent("other"))
            #expect(try openssl(["pkey", "-in", "key", "-pubout", "-out", "public"], in: folder) == 0)
            let verify = ["dgst", "-sha256", "-verify", "public", "-signature", "signature"]
            #expect(try openssl(verify + ["content"], in: folder) == 0)
            #expect(try openssl(verify + ["other"], in: folder) != 0)
        }
    }

    @Test func `keys of both forms are read, with line breaks of any kind`() throws {
        try withFolder { folder in
            let pem = try RSAPrivateKey.generatedPEM()
            try Data(pem.utf8).write(to: folder.appendingPathComponent("key"))
            #expect(try openssl(["rsa", "-in", "key", "-traditional", "-out", "old"], in: folder) == 0)
            let old = try String(contentsOf: folder.appendingPathComponent("old"), encoding: .utf8)
            #expect(old.contains("BEGIN RSA PRIVATE KEY"))
            let signature = try RSAPrivateKey(pem: pem).signSHA256([1, 2, 3])
            for text in [old, pem.replacing("\n", with: "\r\n"), "\n\n" + pem, String(pem.dropLast())] {
                #expect(try RSAPrivateKey(pem: text).signSHA256([1, 2, 3]) == signature)
            }
        }
    }

    @Test(arguments: [
        ("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out key", "RSA key has 1024 bits; expected 2048 or more"),
        ("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key", "private key is not RSA"),
        ("genpkey -algorithm RSA -aes-128-cbc -pass pass:x -out key", "private key is not an unencrypted PEM key"),
    ])
    func `a key that cannot serve is refused with the reason`(command: String, says: String) throws {
        try withFolder { folder in
            #expect(try openssl(command.split(separator: " ").map(String.init), in: folder) == 0)
            let pem = try String(contentsOf: folder.appendingPathComponent("key"), encoding: .utf8)
            let error = #expect(throws: SigningError.self) { try RSAPrivateKey(pem: pem) }
            #expect(error?.message.hasPrefix(says) == true, "\(error?.message ?? "")")
        }
    }

    @Test(arguments: ["", "no key", "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n", "-----BEGIN PRIVATE KEY-----\\nMIIE"])
    func `a text that is no key is refused`(text: String) {
        #expect(throws: SigningError.self) { try RSAPrivateKey(pem: text) }
    }

    @Test func `secrets are compared whole`() {
        #expect(equalInConstantTime([1, 2, 3], [1, 2, 3]) && equalInConstantTime([], []))
        #expect(!equalInConstantTime([1, 2, 3], [1, 2, 4]) && !equalInConstantTime([1, 2, 3], [1, 2]) && !equalInConstantTime([], [0]))
    }

    @Test func `random bytes do not repeat`() throws {
        #expect(try randomBytes(32) != randomBytes(32))
        #expect(try randomBytes(0).isEmpty)
    }
}

private func withFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("rollcall-signing-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
}

private func openssl(_ arguments: [String], in folder: URL) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
    (process.arguments, process.currentDirectoryURL) = (arguments, folder)
    (process.standardOutput, process.standardError, process.standardInput) = (FileHandle.nullDevice, FileHandle.nullDevice, FileHandle.nullDevice)
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
}
