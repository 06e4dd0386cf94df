import Glibc

extension SettingsReader {
    /// A secret without which nothing starts: from `NAME`, or from the file that `NAME_FILE` names.
    /// - Parameter lines: whether it may have several, as a private key does.
    public func secret(_ name: String, lines: Bool = false, _ explanation: String) throws(SettingsError) -> Secret {
        rememberSecret(name, explanation, defaultText: nil)
        if let secret = try found(name, lines: lines) { return secret }
        if text(name) == nil, text(name + "_FILE") == nil {
            try refuse("neither \(name) nor \(name)_FILE is set; expected one of them: \(explanation)")
        }
        return Secret("")
    }

    /// A secret that may be left out: from `NAME`, or from the file that `NAME_FILE` names.
    public func optionalSecret(_ name: String, lines: Bool = false, _ explanation: String) throws(SettingsError) -> Secret? {
        rememberSecret(name, explanation, defaultText: "")
        return try found(name, lines: lines)
    }

    private func rememberSecret(_ name: String, _ explanation: String, defaultText: String?) {
        remember(Entry(name: name, explanation: explanation, expectation: "a secret", defaultText: defaultText))
        remember(Entry(name: name + "_FILE", explanation: "a file that holds \(name) (mode 0600)", expectation: "a path", defaultText: ""))
    }

    private func found(_ name: String, lines: Bool) throws(SettingsError) -> Secret? {
        let fileName = name + "_FILE"
        switch (text(name), text(fileName)) {
        case (nil, nil): return nil
        case (_?, _?):
            try refuse("\(name) and \(fileName) are both set; expected only one of them")
            return nil
        case (let text?, nil): return try checked(text, name, lines: lines)
        case (nil, let path?):
            guard try isOneLine(path, fileName), let text = try contents(of: path, fileName) else { return nil }
            return try checked(text, fileName, lines: lines)
        }
    }

    private func checked(_ text: String, _ name: String, lines: Bool) throws(SettingsError) -> Secret? {
        if lines { return Secret(text) }
        return try isOneLine(text, name) ? Secret(text) : nil
    }

    /// The text of a secret's file without the line end that editors put at its end.
    private func contents(of path: String, _ name: String) throws(SettingsError) -> String? {
        let bytes: [UInt8]
        do { bytes = try fileBytes(path) } catch {
            try refuse("\(name) is `\(path)`, which cannot be read: \(String(cString: strerror(error.rawValue))); expected a readable file")
            return nil
        }
        guard var text = String(validating: bytes, as: UTF8.self) else {
            try refuse("\(name) is `\(path)`, which is not UTF-8 text; expected the secret alone")
            return nil
        }
        if text.utf8.last == 0x0A { text = String(text.unicodeScalars.dropLast()) }
        if text.utf8.last == 0x0D { text = String(text.unicodeScalars.dropLast()) }
        guard !text.isEmpty else {
            try refuse("\(name) is `\(path)`, which is empty; expected the secret in it")
            return nil
        }
        warnIfShared(path, name)
        return text
    }

    /// Docker and Kubernetes mount secrets readable for all, into a file system that only the container sees: no warning there.
    private func warnIfShared(_ path: String, _ name: String) {
        guard !path.hasPrefix("/run/secrets/"), !path.hasPrefix("/var/run/secrets/") else { return }
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & 0o077 != 0 else { return }
        warn("\(name): other users can read `\(path)` (mode \(String(status.st_mode & 0o777, radix: 8))); `chmod 600` it")
    }
}

/// An `errno`.
private struct SystemError: Error {
    let rawValue: Int32
}

/// The whole of a small file. Not by Foundation, whose errors do not tell the reason.
private func fileBytes(_ path: String) throws(SystemError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw SystemError(rawValue: errno) }
    defer { close(descriptor) }
    let countMax = 1 << 20  // No secret is that long; a device would never end.
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 4096)
    while bytes.count < countMax {
        let count = read(descriptor, &piece, piece.count)
        if count < 0, errno == EINTR { continue }
        guard count >= 0 else { throw SystemError(rawValue: errno) }
        if count == 0 { return bytes }
        bytes += piece[..<count]
    }
    throw SystemError(rawValue: EFBIG)
}
