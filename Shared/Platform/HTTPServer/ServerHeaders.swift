/// The headers of a request or an answer, in their order; names compare without case.
public struct ServerHeaders: Sendable {
    public private(set) var fields: [(name: String, value: String)] = []

    public init(_ fields: [(String, String)] = []) { self.fields = fields.map { (name: $0.0, value: $0.1) } }

    public mutating func append(_ name: String, _ value: String) { fields.append((name: name, value: value)) }

    /// The first value of that name.
    public subscript(name: String) -> String? { fields.first { equalIgnoringCase($0.name, name) }?.value }

    /// Every value of that name, in order.
    public func all(_ name: String) -> [String] { fields.filter { equalIgnoringCase($0.name, name) }.map(\.value) }
}

/// Compares words of HTTP, which are ASCII.
func equalIgnoringCase(_ a: String, _ b: String) -> Bool {
    a.utf8.count == b.utf8.count && zip(a.utf8, b.utf8).allSatisfy { $0 == $1 || ($0 | 0x20) == ($1 | 0x20) && isLetter($0) }
}

/// A token of RFC 9110 section 5.6.2: what methods and header names are made of.
func isToken(_ bytes: some Collection<UInt8>) -> Bool {
    !bytes.isEmpty && bytes.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) || "!#$%&'*+-.^_`|~".utf8.contains($0) }
}

private func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) }
