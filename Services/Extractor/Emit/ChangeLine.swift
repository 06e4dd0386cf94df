import JSONText
import Records

/// Writes the upserts of one run and stream as lines of the topic `changes`, byte for byte as `ChangeRecord` would, without making one.
///
/// The mapper has written key and fields already, and all else but five members is the same for every record of a run. One value serves all.
struct ChangeLine: Sendable {
    /// The line written last, and the Kafka key it goes under.
    private(set) var bytes: [UInt8] = []
    private(set) var messageKey: [UInt8] = []

    private let run: Int64
    private let beforeKey: [UInt8]
    private let afterKey: [UInt8]
    private let afterOrdinal: [UInt8]
    private let origin: [UInt8]
    private let attempt: [UInt8]
    private let keyPrefix: [UInt8]

    /// - Parameters:
    ///   - sourceKind: `origin.kind`.
    ///   - extractedAt: when the run read its source, RFC 3339 in UTC.
    init(pipeline: String, stream: String, run: Int64, sourceKind: String, extractedAt: String) {
        self.run = run
        let prefix = RecordKey(values: [""]).messageKey(stream: stream)
        keyPrefix = Array(prefix.utf8)
        beforeKey = Array(#"{"format":1,"id":""#.utf8) + ChangeLine.escaped(prefix)
        afterKey = Array("@\(run).".utf8)
        afterOrdinal = Array(#"","pipeline":\#(ChangeLine.quoted(pipeline)),"stream":\#(ChangeLine.quoted(stream)),"run":\#(run),"sequence":"#.utf8)
        origin = Array(#","origin":{"kind":\#(ChangeLine.quoted(sourceKind)),"row":"#.utf8)
        attempt = Array(#"","attempt":1,"extracted_at":\#(ChangeLine.quoted(extractedAt))}"#.utf8)
    }

    /// - Parameters:
    ///   - recordKey: as in `RecordKey.text`.
    ///   - key: the object of the key columns, as JSON.
    ///   - fields: the canonical object that `hash` covers.
    ///   - cell: the address of the row.
    mutating func upsert(
        _ sequence: Records.Sequence, recordKey: [UInt8], key: [UInt8], fields: [UInt8], hash: UInt64, isPartial: Bool, row: Int, cell: String
    ) {
        messageKey.removeAll(keepingCapacity: true)
        messageKey.append(contentsOf: keyPrefix)
        messageKey.append(contentsOf: recordKey)
        bytes.removeAll(keepingCapacity: true)
        bytes.append(contentsOf: beforeKey)
        recordKey.withUnsafeBytes { appendEscaped($0) }
        bytes.append(contentsOf: afterKey)
        append(Int64(sequence.ordinal))
        bytes.append(contentsOf: afterOrdinal)
        append(sequence.rawValue)
        append(#","op":"upsert","key":"#)
        bytes.append(contentsOf: key)
        append(#","fields":"#)
        bytes.append(contentsOf: fields)
        if isPartial { append(#","partial":true"#) }
        bytes.append(contentsOf: origin)
        append(Int64(row))
        append(#","cell":""#)
        var cell = cell
        cell.withUTF8 { appendEscaped(UnsafeRawBufferPointer($0)) }
        append(#"","version":null,"updated_at":null},"hash":""#)
        appendHexadecimal(hash)
        bytes.append(contentsOf: attempt)
    }

    /// The longest line that a row with a key and fields of these sizes can become, whatever its place: so pass and pass agree.
    func bytesMax(recordKey: Int, key: Int, fields: Int) -> Int {
        let digits = 20, escape = 6, names = 128, cell = 1024
        return beforeKey.count + afterKey.count + afterOrdinal.count + origin.count + attempt.count + recordKey * escape + key + fields + cell
            + digits * 3 + names
    }

    private mutating func append(_ text: StaticString) { text.withUTF8Buffer { bytes.append(contentsOf: $0) } }

    private mutating func append(_ number: Int64) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var rest = number.magnitude, place = 20
            repeat {
                place -= 1
                digits[place] = UInt8(ascii: "0") + UInt8(rest % 10)
                rest /= 10
            } while rest > 0
            bytes.append(contentsOf: digits[place..<20])
        }
    }

    private mutating func appendHexadecimal(_ value: UInt64) {
        for shift in stride(from: UInt64(60), through: 0, by: -4) {
            let digit = UInt8(value >> shift & 15)
            bytes.append(digit + (digit < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10))
        }
    }

    private mutating func appendEscaped(_ text: UnsafeRawBufferPointer) {
        if text.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }) {
            bytes.append(contentsOf: ChangeLine.escaped(String(decoding: text, as: UTF8.self)))
        } else {
            bytes.append(contentsOf: text)
        }
    }

    private static func escaped(_ text: String) -> [UInt8] { Array(quotedBytes(text).dropFirst().dropLast()) }
    private static func quoted(_ text: String) -> String { String(decoding: quotedBytes(text), as: UTF8.self) }
    private static func quotedBytes(_ text: String) -> [UInt8] {
        var json = JSONWriter(reservingCapacity: text.utf8.count + 2)
        json.string(text)
        return json.bytes
    }
}
