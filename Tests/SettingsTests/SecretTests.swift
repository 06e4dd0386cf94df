import Foundation
import Settings
import Testing

/// Secrets: from a variable or a file, whole, and never shown.
struct SecretTests {
    private struct Sample: SettingsReadable {
        let password: Secret
        let token: Secret?

        init(reading settings: SettingsReader) throws(SettingsError) {
            password = try settings.secret("APP_PASSWORD", "how to log in")
            token = try settings.optionalSecret("APP_KEY", lines: true, "a private key")
        }
    }

    /// A file with these bytes for the time of `body`.
    private func withFile<Value>(_ text: String, mode: Int = 0o600, _ body: (String) throws -> Value) throws -> Value {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("rollcall-secret-\(UUID().uuidString)").path
        try Data(text.utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(atPath: path) } }
        return try body(path)
    }

    private func problems(_ values: [String: String]) -> [String] {
        do {
            _ = try SettingsReader(values: values).read(Sample.self)
            return []
        } catch { return error.problems }
    }

    @Test(arguments: ["hunter2\n", "hunter2\r\n", "hunter2"])
    func `a file's secret is read without the line end that editors add`(text: String) throws {
        let secret = try withFile(text) { try SettingsReader(values: ["APP_PASSWORD_FILE": $0]).read(Sample.self).password }
        #expect(secret.reveal() == "hunter2")
    }

    @Test func `only what may have lines has lines`() throws {
        try withFile("a\nb\n\n") { path in
            let sample = try SettingsReader(values: ["APP_PASSWORD": "x", "APP_KEY_FILE": path]).read(Sample.self)
            #expect(sample.token?.reveal() == "a\nb\n")
            #expect(problems(["APP_PASSWORD_FILE": path]) == ["APP_PASSWORD_FILE holds a line end (LF); expected one line of text without it"])
        }
    }

    @Test func `what is wrong is told without the secret`() throws {
        #expect(problems([:]) == ["neither APP_PASSWORD nor APP_PASSWORD_FILE is set; expected one of them: how to log in"])
        #expect(
            problems(["APP_PASSWORD": "hunter2\r"]) == [
                "APP_PASSWORD holds a carriage return (CR; was it written on Windows?); expected one line of text without it"
            ])
        #expect(problems(["APP_PASSWORD": "a", "APP_PASSWORD_FILE": "b"]) == ["APP_PASSWORD and APP_PASSWORD_FILE are both set; expected only one of them"])
        #expect(
            problems(["APP_PASSWORD_FILE": "/nowhere/x"])
                == ["APP_PASSWORD_FILE is `/nowhere/x`, which cannot be read: No such file or directory; expected a readable file"])
        try withFile("") { path in
            #expect(problems(["APP_PASSWORD_FILE": path]) == ["APP_PASSWORD_FILE is `\(path)`, which is empty; expected the secret in it"])
        }
    }

    @Test(arguments: [(0o600, false), (0o400, false), (0o640, true), (0o604, true)])
    func `a file that others can read is warned of`(mode: Int, isWarned: Bool) throws {
        try withFile("hunter2", mode: mode) { path in
            let reader = SettingsReader(values: ["APP_PASSWORD_FILE": path])
            _ = try reader.read(Sample.self)
            let warning = "APP_PASSWORD_FILE: other users can read `\(path)` (mode \(String(mode, radix: 8))); `chmod 600` it"
            #expect(reader.warnings == (isWarned ? [warning] : []))
        }
    }

    @Test func `a secret does not show itself`() {
        let secret = Secret("hunter2")
        var dumped = ""
        dump(secret, to: &dumped)
        for shown in ["\(secret)", String(reflecting: secret), dumped, "\([secret])", "\(Optional(secret) as Any)"] {
            #expect(!shown.contains("hunter2"), "\(shown)")
        }
    }
}
