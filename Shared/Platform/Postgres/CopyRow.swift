/// One row of a binary COPY, read field by field: https://www.postgresql.org/docs/15/sql-copy.html#id-1.9.3.55.9.4
public struct CopyRow {
    private let bytes: UnsafeRawBufferPointer
    private var at: Int
    /// How many fields the row has.
    public let count: Int

    /// Nil for the trailer. libpq hands out one row at a time; the first comes behind the file's header.
    init?(_ bytes: UnsafeRawBufferPointer, hasFileHeader: Bool) throws(PostgresError) {
        self.bytes = bytes
        var start = 0
        if hasFileHeader {
            let fixed = 19  // Signature of 11 bytes, flags, length of the extension.
            guard bytes.count >= fixed else { throw CopyRow.malformed }
            start = fixed + Int(CopyRow.integer(bytes, at: 15, as: UInt32.self))
        }
        guard bytes.count >= start + 2 else { throw CopyRow.malformed }
        let count = Int(CopyRow.integer(bytes, at: start, as: Int16.self))
        guard count >= 0 else { return nil }
        (self.count, at) = (count, start + 2)
    }

    /// The bytes of the next field, of a text its UTF-8; nil for SQL NULL.
    public mutating func next() throws(PostgresError) -> UnsafeRawBufferPointer? {
        guard bytes.count >= at + 4 else { throw CopyRow.malformed }
        let length = Int(CopyRow.integer(bytes, at: at, as: Int32.self))
        at += 4
        guard length >= 0 else { return nil }
        guard bytes.count >= at + length else { throw CopyRow.malformed }
        defer { at += length }
        return UnsafeRawBufferPointer(rebasing: bytes[at..<at + length])
    }

    /// The next field, a text.
    public mutating func nextText() throws(PostgresError) -> String? { try next().map { String(decoding: $0, as: UTF8.self) } }

    /// The next field, a `bigint`.
    /// - Throws: `unexpectedAnswer` when it has another width: cast to `bigint` in the query.
    public mutating func nextInteger() throws(PostgresError) -> Int64? {
        guard let field = try next() else { return nil }
        guard field.count == 8 else { throw PostgresError(kind: .unexpectedAnswer, problem: "A copied field has \(field.count) bytes; a bigint has 8") }
        return CopyRow.integer(field, at: 0, as: Int64.self)
    }

    /// The next field, a `boolean`.
    public mutating func nextBoolean() throws(PostgresError) -> Bool? {
        guard let field = try next() else { return nil }
        guard field.count == 1 else { throw PostgresError(kind: .unexpectedAnswer, problem: "A copied field has \(field.count) bytes; a boolean has 1") }
        return field[0] != 0
    }

    private static func integer<Integer: FixedWidthInteger>(_ bytes: UnsafeRawBufferPointer, at offset: Int, as type: Integer.Type) -> Integer {
        Integer(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: type))
    }

    private static var malformed: PostgresError {
        PostgresError(kind: .unexpectedAnswer, problem: "A copied row ends before its last field")
    }
}
