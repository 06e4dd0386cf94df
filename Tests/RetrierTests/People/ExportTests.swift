import Books
import CommandLines
import Foundation
import JSONText
import Postgres
import Records
import Reporting
import TestSupport
import Testing

@testable import Retrier

@Suite struct ExportTests {
    private func lines(_ database: ScratchDatabase, _ words: String...) throws -> [String] {
        guard case .run(let command) = try Tool("retrier", summary: "", commands: [ExportRejects.self]).request(["export", "--rejects", "-"] + words),
            let export = command as? ExportRejects
        else { throw NeverHeld(what: "the words are understood") }
        var bytes: [UInt8] = []
        let report = try export.report(at: database.desk()) { bytes += $0 }
        #expect(bytes.starts(with: [0xEF, 0xBB, 0xBF]))
        let lines = String(decoding: bytes.dropFirst(3), as: UTF8.self).components(separatedBy: "\r\n")
        #expect(lines.last == "")
        #expect(report.result["rows"] == .number("\(lines.count - 2)"))
        return Array(lines.dropLast())
    }

    private func run(
        _ session: PostgresSession, pipeline: String = "buyers", mode: String = "full", status: String = "complete_with_exceptions",
        certificate: String? = #"{"complete":true}"#
    ) throws -> Int64 {
        try session.query(
            """
            INSERT INTO sync_runs (pipeline, mode, status, holder, closed_at, certificate)
            VALUES ($1, $2, $3, 'h', CASE WHEN $3 <> 'running' THEN now() END, $4::jsonb) RETURNING run
            """, [.text(pipeline), .text(mode), .text(status), certificate.map { .text($0) }]
        ).only().integer(0)
    }

    @Test func `a line per cell that a person can mend, in the order of the sheet, from all three books`() async throws {
        try await ScratchDatabase.with { database in
            let session = try database.session()
            let run = try run(session)
            try ErrorLog.write(
                [
                    refusal(
                        "r1", run: run, key: nil, row: 17, cell: "買主リスト!A17", column: "buyer_number", code: "key_blank", message: "the key is blank; fill it in"
                    ),
                    refusal("r2", run: run, key: "5", row: 12, cell: "買主リスト!C12", column: "born", code: "no_year", message: "born (\"誕生日\"): no year"),
                ], in: session)
            try QueueRow(key: "5", run: run, cell: "買主リスト!C12", row: 12, category: "data_type", code: "no_year", status: .waitsForSource, isUnsent: true)
                .insert(session)
            try QueueRow().insert(session)
            try QueueRow(key: "gone", row: 1, status: .dropped).insert(session)
            let refused = QueueRow(key: "=1+1", cell: "買主リスト!A3", row: 3, category: "constraint_violation", code: "23505", constraint: "buyers_line_id_key")
            try refused.owe(session)
            try QueueRow(key: "6666").owe(session)
            #expect(
                try lines(database) == [
                    "pipeline,stream,key,row,cell,field,rule,value_length,column_definition,suggestion",
                    "buyers,buyers,'=1+1,3,買主リスト!A3,latest_status,23505,812,character varying(50),"
                        + "Another row has this value already (constraint buyers_line_id_key); change one of the two.",
                    "buyers,buyers,5,12,買主リスト!C12,born,no_year,,,\"born (\"\"誕生日\"\"): no year\"",
                    "buyers,buyers,,17,買主リスト!A17,buyer_number,key_blank,,,the key is blank; fill it in",
                    "buyers,buyers,6666,4120,買主リスト!A4120,latest_status,22001,812,character varying(50),"
                        + "\"Shorten the text to 50 characters (it has 812), or have its column widened.\"",
                ])
            #expect(try lines(database, "--pipeline", "vendors").count == 1)
        }
    }

    @Test func `refused rows are those of each pipeline's newest run that read everything`() async throws {
        try await ScratchDatabase.with { database in
            let session = try database.session()
            let old = try run(session), newest = try run(session, status: "unbalanced")
            let others = [
                try run(session, mode: "keys"), try run(session, certificate: nil), try run(session, certificate: #"{"complete":false}"#),
                try run(session, status: "held"),
            ]
            let vendors = try run(session, pipeline: "vendors")
            for number in [old, newest] + others + [vendors] {
                try ErrorLog.write(
                    [
                        refusal(
                            "r\(number)", pipeline: number == vendors ? "vendors" : "buyers", run: number, key: "k\(number)", row: Int(number), cell: "A1",
                            column: "born", code: "no_year", message: "m")
                    ], in: session)
            }
            func keys(_ words: String...) throws -> [String] {
                try lines(database).dropFirst().map { $0.split(separator: ",", omittingEmptySubsequences: false)[2] }.map(String.init)
            }
            #expect(try keys() == ["k\(newest)", "k\(vendors)"])
            // A row that was never sent: from before that read it is mended, from after it is not.
            try QueueRow(key: "mended", run: old, status: .waitsForSource, isUnsent: true).insert(session)
            try QueueRow(key: "later", run: others[0], status: .waitsForSource, isUnsent: true).insert(session)
            #expect(try keys() == ["k\(newest)", "later", "k\(vendors)"])
            // A refused row that a person let go.
            try QueueRow(key: "k\(newest)", run: newest, status: .dropped, isUnsent: true).insert(session)
            #expect(try keys() == ["later", "k\(vendors)"])
        }
    }

    @Test func `pages are put together whole`() async throws {
        try await ScratchDatabase.with { database in
            let session = try database.session(), run = try run(session)
            let numbers = Array(1...2500)
            try ErrorLog.write(
                numbers.map { refusal("r\($0)", run: run, key: "\($0)", row: $0, cell: "A\($0)", column: "c", code: "required", message: "m") }, in: session)
            #expect(try lines(database).dropFirst().map { $0.split(separator: ",")[3] } == numbers.map { "\($0)" })
        }
    }

    @Test(arguments: [
        ("=1+1", "'=1+1"), ("+81", "'+81"), ("-5", "'-5"), ("@SUM(A1)", "'@SUM(A1)"), ("\t=1", "'\t=1"), ("\r=1", "\"'\r=1\""), ("＝１", "'＝１"),
        ("=a,\"b\"", "\"'=a,\"\"b\"\"\""), ("a,b", "\"a,b\""), ("a\nb", "\"a\nb\""), ("a\r\nb", "\"a\r\nb\""), ("a\"b", "\"a\"\"b\""), ("1-5", "1-5"), ("", ""),
        ("買主", "買主"), ("=\u{301}x", "'=\u{301}x"),
    ])
    func `a cell is quoted where it must be, and no spreadsheet computes it`(cell: String, written: String) {
        #expect(CSVLine.bytes(["a", cell]) == Array("a,\(written)\r\n".utf8))
    }

    @Test(arguments: [
        (QueueRow(definition: "text", length: nil), "Shorten the value, or have its column widened."),
        (QueueRow(definition: "character(3)", length: nil), "Shorten the text to 3 characters, or have its column widened."),
        (QueueRow(category: "data_type", code: "22003", definition: "numeric(4,2)"), "Write a value that fits the column's type, numeric(4,2)."),
        (
            QueueRow(category: "constraint_violation", code: "23503", constraint: "fk"),
            "The row it refers to is missing (constraint fk); add that one, or correct the reference."
        ),
        (QueueRow(category: "constraint_violation", code: "23502"), "Fill in the cell; the column must not be blank."),
        (QueueRow(category: "constraint_violation", code: "23514", constraint: "c"), "The row breaks a rule of the table (constraint c); correct it."),
        (QueueRow(category: "unknown", code: "XX001"), "Nothing to mend at the source is known; a person must look at XX001."),
    ])
    func `the suggestion is what to do`(row: QueueRow, words: String) {
        let reject = Reject(
            pipeline: "p", stream: "s", category: row.category, rule: row.code, valueLength: row.length, columnDefinition: row.definition,
            constraint: row.constraint, message: "", isUnsent: false)
        #expect(reject.suggestion == words)
    }

    @Test func `a file appears whole, replaces none unasked, and leaves nothing beside it`() throws {
        let folder = try ScratchFolder()
        let path = folder.path + "/rejects.csv"
        func files() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() }
        func write(_ text: String, replacing: Bool, finishing: Bool = true) throws {
            let file = try ResultFile(path, replacing: replacing)
            try file.write(Array(text.utf8))
            if finishing { try file.finish() }
        }
        try write("half", replacing: false, finishing: false)
        #expect(try files() == [])
        try write("first", replacing: false)
        let error = #expect(throws: CommandFailure.self) { try write("second", replacing: false) }
        #expect(error?.exitCode == .usage)
        #expect(error?.message.hasSuffix("rejects.csv is there already; name another file, or give --force to replace it") == true)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "first")
        try write("third", replacing: true)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "third")
        #expect(try files() == ["rejects.csv"])
    }

    @Test func `a file that another program made meanwhile is not replaced`() throws {
        let folder = try ScratchFolder()
        let path = folder.path + "/rejects.csv"
        func race() throws {
            let file = try ResultFile(path, replacing: false)
            try folder.write(Array("theirs".utf8), to: "rejects.csv")
            try file.finish()
        }
        #expect(throws: CommandFailure.self) { try race() }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "theirs")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["rejects.csv"])
    }

    @Test func `a folder that is not there is named`() {
        func make() throws { _ = try ResultFile("/nonexistent/rejects.csv", replacing: false) }
        let error = #expect(throws: CommandFailure.self) { try make() }
        #expect(error == CommandFailure(.usage, "/nonexistent/rejects.csv cannot be written: No such file or directory"))
    }
}
