import Books
import Failures
import JSONText
import Kafka
import Postgres
import Records
import TestSupport
import Testing

@testable import Extractor

/// Settles what a run sent in the tables that a loader writes, in one transaction, so that the extractor's tests hold without another
/// service; the journey tests have the real one.
struct Clerk: Sendable {
    let trial: Trial
    /// Keys whose changes are refused: they are owed afterwards.
    var refused: Set<String> = []

    func settleNextRun() async throws {
        var run: Int64?
        try await eventually("a run has sent its changes, or is over without") {
            let found = try trial.rows(
                "SELECT run, status FROM sync_runs WHERE pipeline = 'people' AND (emitted_at IS NOT NULL OR closed_at IS NOT NULL) ORDER BY run DESC LIMIT 1",
                columns: 2)
            guard let row = found.first, let number = row[0].flatMap({ Int64($0) }), number > lastSettled else { return false }
            run = row[1] == "running" ? number : nil
            return true
        }
        if let run { try await settle(run) }
    }

    /// Runs before this one were over when the clerk began.
    private let lastSettled: Int64

    init(trial: Trial, refused: Set<String> = []) throws {
        (self.trial, self.refused) = (trial, refused)
        lastSettled = try trial.texts("SELECT coalesce(max(run), 0) FROM sync_runs").first.flatMap { Int64($0) } ?? 0
    }

    /// Settles every change of `run` that is in the topic.
    func settle(_ run: Int64) async throws {
        let changes = try await trial.changes().filter { $0.run == run }
        let session = try trial.database.session()
        try session.transaction {
            for change in changes { try settle(change, session) }
        }
    }

    private func refusal(of change: ChangeRecord) -> ErrorLogEntry {
        ErrorLogEntry(
            id: "\(change.id)#1", pipeline: change.pipeline, stream: change.stream, run: change.run, service: .loader, recordKey: change.recordKey,
            sequence: change.sequence, attempt: 1, category: .fieldLength, code: "22001", table: "people", column: "note",
            columnDefinition: "character varying(20)", valueLength: 21, message: "note takes 20 characters, this value has 21")
    }

    private func settle(_ change: ChangeRecord, _ session: PostgresSession) throws {
        let key = change.recordKey.text, isRefused = refused.contains(key)
        let isDelete = change.operation == .delete
        try session.query(
            """
            INSERT INTO sync_rows AS r (pipeline, stream, key, sequence, hash, owed, deleted_at, run, synced_at)
            SELECT $1, $2, $3, CASE WHEN refused THEN 0 ELSE sequence END, CASE WHEN lands THEN $5::bigint END, CASE WHEN refused THEN sequence END,
                CASE WHEN removed AND NOT refused THEN now() END, $8::bigint, now()
            FROM (SELECT $4::bigint AS sequence, $6::boolean AS refused, $7::boolean AS removed, NOT $6::boolean AND NOT $7::boolean AS lands) change
            ON CONFLICT (pipeline, stream, key) DO UPDATE SET
                sequence = CASE WHEN excluded.owed IS NULL THEN excluded.sequence ELSE r.sequence END,
                hash = CASE WHEN excluded.owed IS NULL THEN excluded.hash ELSE r.hash END,
                owed = CASE WHEN $9::boolean THEN coalesce(excluded.owed, r.owed) ELSE excluded.owed END,
                deleted_at = CASE WHEN excluded.owed IS NULL THEN excluded.deleted_at ELSE r.deleted_at END, run = excluded.run
            """,
            [
                .text(change.pipeline), .text(change.stream), .text(key), .integer(change.sequence.rawValue), change.hash.map { .integer($0.signed) },
                .boolean(isRefused), .boolean(isDelete), .integer(change.run), .boolean(change.isPartial),
            ])
        if isRefused { try ErrorLog.write([refusal(of: change)], in: session) }
        let id = PostgresValue.text(change.key["id"]?.keyText ?? "")
        var column = "failed"
        if !isRefused, isDelete {
            try session.query("UPDATE people SET deleted_at = now() WHERE id = $1", [id])
            column = "deleted"
        } else if !isRefused {
            func text(_ name: String) -> PostgresValue? { change.fields[name].flatMap { $0 == .null ? nil : .text($0.keyText) } }
            let inserted = try session.query(
                """
                INSERT INTO people AS p (id, name, note, born) VALUES ($1, $2, $3, $4::date)
                ON CONFLICT (id) DO UPDATE SET name = coalesce(excluded.name, p.name), note = coalesce(excluded.note, p.note),
                    born = coalesce(excluded.born, p.born), deleted_at = NULL
                RETURNING xmax = 0
                """, [id, text("name"), text("note"), text("born")]
            ).only()
            column = try inserted.boolean(0) ? "inserted" : "updated"
        }
        try session.query(
            """
            INSERT INTO run_tallies AS t (run, stream, partition, highest_ordinal, \(column)) VALUES ($1, $2, 0, $3, 1)
            ON CONFLICT (run, stream, partition) DO UPDATE SET \(column) = t.\(column) + 1, highest_ordinal = greatest(t.highest_ordinal, $3)
            """, [.integer(change.run), .text(change.stream), .integer(Int64(change.sequence.ordinal))])
    }
}
