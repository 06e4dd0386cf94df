/// One row's name within its stream: the values of its key columns, joined by `/`, each with `%`, `/` and `@` percent-encoded.
///
/// Two keys are equal when their bytes are. `String` would take two spellings of one letter for the same key
/// ("が" as one scalar or two), which PostgreSQL and Kafka keep apart.
public struct RecordKey: Sendable, CustomStringConvertible {
    public let text: String

    /// `text` as it stands in `record_key` columns and in records.
    public init(encoded text: String) { self.text = text }

    /// - Parameter values: in the order of the pipeline's `key:`.
    public init(values: [String]) {
        text = values.count == 1 ? RecordKey.encode(values[0]) : values.map(RecordKey.encode).joined(separator: "/")
    }

    /// The key's values, decoded; nil when an escape is broken.
    public var values: [String]? {
        var values: [String] = []
        for part in text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            guard let value = RecordKey.decode(part) else { return nil }
            values.append(value)
        }
        return values
    }

    /// The Kafka key of this row's records: `stream/key`, so that one row's changes stay in one partition and in order.
    public func messageKey(stream: String) -> String { RecordKey.encode(stream) + "/" + text }

    public var description: String { text }

    private static func encode(_ value: String) -> String {
        guard value.utf8.contains(where: isReserved) else { return value }
        var bytes: [UInt8] = []
        for byte in value.utf8 {
            switch byte {
            case UInt8(ascii: "%"): bytes += Array("%25".utf8)
            case UInt8(ascii: "/"): bytes += Array("%2F".utf8)
            case UInt8(ascii: "@"): bytes += Array("%40".utf8)
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isReserved(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "%") || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "@") }

    private static func decode(_ part: Substring.UTF8View.SubSequence) -> String? {
        var bytes: [UInt8] = []
        var rest = part.makeIterator()
        while let byte = rest.next() {
            guard byte == UInt8(ascii: "%") else { bytes.append(byte); continue }
            guard let high = rest.next().flatMap(hexDigit), let low = rest.next().flatMap(hexDigit) else { return nil }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? { Character(Unicode.Scalar(byte)).hexDigitValue.map(UInt8.init) }
}

extension RecordKey: Hashable, Comparable {
    public static func == (a: RecordKey, b: RecordKey) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }
    public static func < (a: RecordKey, b: RecordKey) -> Bool { a.text.utf8.lexicographicallyPrecedes(b.text.utf8) }
    public func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
