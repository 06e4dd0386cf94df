import Foundation
import JSONText
import Pipelines
import Postgres
import Records
import Synchronization
import TestSupport

@testable import Loader

/// One stage with a running loader for all seeds of all properties; each seed has keys and a run of its own.
///
/// It lasts as long as the process: what it stands on ends with that.
actor SharedStage {
    static let instance = SharedStage()

    /// The key is unique, and not the table's primary key.
    static let table = """
        CREATE TABLE buyers (
            id bigserial PRIMARY KEY, buyer_number text NOT NULL UNIQUE, name text NOT NULL, status varchar(50), call_date date, seen_at timestamptz,
            budget integer, price numeric(8, 2), done boolean, note text, created_at timestamptz NOT NULL DEFAULT now(), synced_at timestamptz,
            db_updated_at timestamptz, deleted_at timestamptz
        )
        """

    private var opening: Task<Stage, any Error>?
    private var lastRun: Int64 = 0

    /// The stage, its loader running, and a run that has begun.
    func newRun() async throws -> (stage: Stage, run: Int64) {
        let opening = opening ?? Task { try await SharedStage.open() }
        self.opening = opening
        let stage = try await opening.value
        lastRun += 1
        return (stage, try stage.begin(run: lastRun))
    }

    private static func open() async throws -> Stage {
        try await withCheckedThrowingContinuation { opened in
            Task {
                let isOpen = Mutex(false)
                do {
                    try await Stage.with(table: table) { stage in
                        try await stage.loading(["ROLLCALL_LOADER_LINGER": "0s"]) {
                            isOpen.withLock { $0 = true }
                            opened.resume(returning: stage)
                            try await Task.sleep(for: .seconds(3600))
                        }
                    }
                } catch { if !isOpen.withLock({ $0 }) { opened.resume(throwing: error) } }
            }
        }
    }
}

/// Some rows of a source, some of which the table has already, invented from a seed.
struct InventedRows {
    let stage: Stage
    let run: Int64
    /// In the order in which they are sent.
    private(set) var changes: [ChangeRecord] = []
    /// Keys of rows that somebody had put into the table before.
    private(set) var present: [String] = []
    /// Keys of rows that have a value which does not fit.
    private(set) var misfits: [String] = []
    private var random: SeededGenerator

    /// - Parameter mayMisfit: whether some rows have a value that does not fit its column.
    init(seed: UInt64, mayMisfit: Bool = false) async throws {
        (stage, run) = try await SharedStage.instance.newRun()
        random = SeededGenerator(seed)
        for number in 1...Int.random(in: 1...6, using: &random) {
            let key = "run \(run) row \(number)" + ["", "/", "が", "か\u{3099}", "%"][number % 5]
            if Bool.random(using: &random) { present.append(key) }
            changes.append(stage.row(key, fields(key, mayMisfit: mayMisfit), run: run, ordinal: UInt32(number)))
        }
    }

    private mutating func fields(_ key: String, mayMisfit: Bool) -> JSONObject {
        let texts = ["x", "二行\n目", "\"quoted\"", "", " spaced ", "O'Brien", "\\", "#REF!", "👪"]
        var fields: JSONObject = ["name": .string("name " + (texts.randomElement(using: &random) ?? ""))]
        let values: [(String, [JSONValue])] = [
            ("status", texts.map { .string($0) }), ("call_date", ["2026-02-28", "1999-12-31"]), ("seen_at", ["2026-05-19 11:24:05", "2026-01-01"]),
            ("budget", [.number("0"), .number("-5"), "2380"]), ("price", [.number("12.50"), .number("999999.99")]), ("done", [true, false]),
            ("note", texts.map { .string($0) }),
        ]
        for (column, choices) in values where Bool.random(using: &random) { fields[column] = choices.randomElement(using: &random) }
        if mayMisfit, Int.random(in: 0...2, using: &random) == 0 {
            misfits.append(key)
            let bad: [(String, JSONValue)] = [
                ("status", .string(String(repeating: "長", count: 51))), ("call_date", "2026-02-30"), ("budget", "many"), ("price", .number("0.001")),
            ]
            if let (column, value) = bad.randomElement(using: &random) { fields[column] = value }
        }
        return fields
    }

    /// Puts the present rows into the table as people would, sends the changes, and waits until they are settled.
    func sync() async throws {
        let session = try stage.database.session()
        try session.query(
            """
            INSERT INTO buyers (buyer_number, name, note, created_at)
            SELECT key, 'typed', 'typed by hand', '2020-01-01T00:00:00Z' FROM unnest($1::text[]) AS key
            """, [.texts(present)])
        try await stage.send(changes)
        try await stage.settled()
    }

    /// One row of the table per key sent, as texts.
    func rows(_ columns: String) throws -> [String: [String?]] {
        let width = columns.split(separator: ",").count
        let keys = changes.map { $0.key["buyer_number"]?.keyText ?? "" }
        var rows: [String: [String?]] = [:]
        for row in try stage.database.session().query(
            "SELECT buyer_number, \(columns) FROM buyers WHERE buyer_number = ANY ($1::text[])", [.texts(keys)])
        {
            rows[try row.text(0)] = (1...width).map { row.optionalText($0) }
        }
        return rows
    }
}
