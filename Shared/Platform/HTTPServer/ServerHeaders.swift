public struct ServerHeaders: Sendable {
    public private(set) var fields: [(name: String, value: String)] = []

    public init(_ fields: [(String, String)] = []) {
        self.fields = fields.map { (name: $0.0, value: $0.1) }
    }

    public mutating func append(_ name: String, _ value: String) {
        fields.append((name: name, value: value))
    }

    public subscript(name: String) -> String? {
        fields.first { asciiEqual($0.name, name) }?.value
    }

    public func all(_ name: String) -> [String] {
        fields.filter { asciiEqual($0.name, name) }.map(\.value)
    }
}

func asciiEqual(_ a: String, _ b: String) -> Bool {
    a.utf8.count == b.utf8.count
        && zip(a.utf8, b.utf8).allSatisfy { $0 == $1 || (($0 | 0x20) == ($1 | 0x20) && isLetter($0)) }
}

private func isLetter(_ c: UInt8) -> Bool {
    let lower = c | 0x20
    return lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z")
}

/// RFC 9110 token: a method or a header name.
func isToken(_ bytes: some Collection<UInt8>) -> Bool {
    !bytes.isEmpty
        && bytes.allSatisfy {
            isLetter($0) || ($0 >= 0x30 && $0 <= 0x39) || "!#$%&'*+-.^_`|~".utf8.contains($0)
        }
}
