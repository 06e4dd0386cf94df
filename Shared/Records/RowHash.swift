import Hashing
import JSONText

/// XXH3 (64 bits, seed 0) of a `fields` object as it stands in the record: members in the order of their names' bytes, no spaces.
///
/// It covers exactly the fields carried, names and values, so a row read with fewer columns never looks equal to the whole row.
public struct RowHash: Sendable, Hashable, CustomStringConvertible {
    public let rawValue: UInt64

    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// - Parameter canonicalFields: the bytes of the `fields` object, members sorted by `JSONObject.sortedByName`.
    public init(canonicalFields bytes: UnsafeRawBufferPointer) { rawValue = xxh3(bytes) }

    public init(of fields: JSONObject) {
        var json = JSONWriter()
        json.value(JSONValue.object(fields.sortedByName()))
        rawValue = xxh3(json.bytes)
    }

    /// Sixteen hexadecimal digits, as in `hash` of a record.
    public init?(hexadecimal text: String) {
        guard text.utf8.count == 16, text.utf8.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }), let value = UInt64(text, radix: 16) else { return nil }
        rawValue = value
    }

    public var description: String { Hashing.hexadecimal(rawValue) }

    /// As PostgreSQL's `bigint` holds it.
    public var signed: Int64 { Int64(bitPattern: rawValue) }
    public init(signed: Int64) { rawValue = UInt64(bitPattern: signed) }
}
