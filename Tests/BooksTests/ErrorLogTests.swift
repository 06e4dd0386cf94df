import Books
import Failures
import Postgres
import Records
import TestSupport
import Testing

@Suite(.oneDatabase) struct ErrorLogTests {
    static func entry(_ number: Int, using random: inout SeededGenerator) -> ErrorLogEntry {
        let category = ErrorCategory.allCases[Int.random(in: 0..<5, using: &random)]
        let texts = ["a", "買主リスト!A1", "か\u{3099}", "\"{},\\", "", "character varying(50)"]
        func text() -> String? { Bool.random(using: &random) ? texts[Int.random(in: 0..<texts.count, using: &random)] : nil }
        return ErrorLogEntry(
            id: "buyers/\(number)@1.\(number)#1", pipeline: "buyers", stream: "buyers", run: .random(in: 1...5, using: &random),
            service: Bool.random(using: &random) ? .loader : .extractor, recordKey: text().map { RecordKey(encoded: $0) },
            rowNumber: Bool.random(using: &random) ? .random(in: 1...9999, using: &random) : nil, cell: text(),
            sequence: Bool.random(using: &random) ? Sequence(rawValue: .random(in: 1 ... .max, using: &random)) : nil,
            attempt: .random(in: 0...4, using: &random),
            category: category, code: category == .fieldLength ? "22001" : "XX000", table: text(), column: text(), columnDefinition: text(),
            constraint: text(), valueLength: Bool.random(using: &random) ? .random(in: 0...99_999, using: &random) : nil, message: text() ?? "m")
    }

    @Test(
        "Every failed row has one line with key, row number, message, type and time, however often it is written", .tags(.property),
        arguments: 1...100 as ClosedRange<UInt64>)
    func everyLine(seed: UInt64) throws {
        let session = try ScratchDatabase.ofSuite().session()
        try session.query("BEGIN")  // Never committed: each case sees its own lines only.
        var random = SeededGenerator(seed)
        let entries = (0..<Int.random(in: 1...30, using: &random)).map { ErrorLogTests.entry($0, using: &random) }
        let written = try ErrorLog.write(entries, in: session) + ErrorLog.write(entries.shuffled(using: &random), in: session)
        #expect(written == entries.count)
        let rows = try session.query(
            """
            SELECT id, record_key, row_number, message, error_type, error_code, sequence, attempt, retryable, value_length, cell, column_definition,
                created_at BETWEEN now() - interval '1 hour' AND now() + interval '1 minute'
            FROM sync_error_log ORDER BY length(id), id COLLATE "C"
            """)
        try #require(rows.count == entries.count)
        for (row, entry) in zip(rows, entries) {
            #expect(try row.text(0) == entry.id)
            #expect(row.optionalText(1).map { Array($0.utf8) } == entry.recordKey.map { Array($0.text.utf8) })
            #expect(try row.optionalInteger(2) == entry.rowNumber.map { Int64($0) })
            #expect(try row.text(3).utf8.elementsEqual(entry.message.utf8))
            #expect(try row.text(4) == entry.category.rawValue)
            #expect(try row.text(5) == entry.code)
            #expect(try row.optionalInteger(6) == entry.sequence?.rawValue)
            #expect(try row.integer(7) == Int64(entry.attempt))
            #expect(try row.boolean(8) == entry.isRetryable)
            #expect(try row.optionalInteger(9) == entry.valueLength.map { Int64($0) })
            #expect(row.optionalText(10) == entry.cell)
            #expect(row.optionalText(11) == entry.columnDefinition)
            #expect(try row.boolean(12))
        }
    }
}
