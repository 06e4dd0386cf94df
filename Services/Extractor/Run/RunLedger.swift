import Books
import JSONText
import Mapping
import Postgres
import Records
import Sources

/// The extractor's pages of the books: `sync_runs`, `run_streams`, `run_fields`, `sync_state`. Each function is one transaction.
struct RunLedger: Sendable {
    let pipeline: String
    let streams: [String]
    let holder: String
    let leaseTerm: Duration
    let database: PostgresConnection

    /// What came of asking to begin.
    enum Opening: Sendable {
        case opened(run: Int64, lease: Lease)
        case held(by: String, since: String, remaining: Duration)
    }

    private var leaseName: String { "run/\(pipeline)" }

    /// Takes the lease and a number and raises the fence of every stream to it, in one transaction, before anything is read (invariant 12).
    /// Runs of this pipeline that were still open lost their lease, so they are closed `failed`.
    func open(_ scope: RunScope) async throws -> Opening {
        try await database.perform { session in
            try session.transaction {
                switch try Lease.take(leaseName, holder: holder, for: leaseTerm, in: session) {
                case .held(let by, let since, let remaining): return .held(by: by, since: since, remaining: remaining)
                case .taken(let lease):
                    let row = try session.query(
                        "INSERT INTO sync_runs (pipeline, mode, requested, status, holder) VALUES ($1, $2, $3::jsonb, 'running', $4) RETURNING run",
                        [.text(pipeline), .text(scope.mode), .text(scope.requested), .text(holder)]
                    ).only()
                    let run = try row.integer(0)
                    try FenceLock.raise(pipeline: pipeline, streams: streams, to: run, in: session)
                    try session.query(
                        """
                        UPDATE sync_runs SET status = 'failed', closed_at = clock_timestamp(), summary = $3
                        WHERE pipeline = $1 AND status = 'running' AND run < $2
                        """,
                        [.text(pipeline), .integer(run), .text("It ended without closing its books; run \(run) took its place.")])
                    return .opened(run: run, lease: lease)
                }
            }
        }
    }

    /// Marks earlier runs whose late records have been counted since they closed `unbalanced`.
    /// - Returns: their numbers, for the alerts that this resolves.
    func markBalanced() async throws -> [Int64] {
        try await database.perform { session in
            try session.query(
                """
                UPDATE sync_runs r SET balanced_at = clock_timestamp()
                WHERE r.pipeline = $1 AND r.status = 'unbalanced' AND r.balanced_at IS NULL
                    AND NOT EXISTS (SELECT FROM run_books b WHERE b.run = r.run AND NOT b.balanced)
                RETURNING r.run
                """, [.text(pipeline)]
            ).map { try $0.integer(0) }
        }
    }

    /// The headers' fingerprint of the last run that passed, by stream.
    func headers() async throws -> [String: String] {
        try await database.perform { session in
            var headers: [String: String] = [:]
            for row in try session.query("SELECT stream, header_fingerprint FROM sync_state WHERE pipeline = $1", [.text(pipeline)]) {
                headers[try row.text(0)] = row.optionalText(1)
            }
            return headers
        }
    }

    /// Uses up the approval that waits for this pipeline, if there is one.
    ///
    /// An approval lets the next run past its guards, once, and only if its plan is the same (invariant 7); so the next run uses it either way.
    /// - Returns: the run that was approved and whether its plan was this one; nil if none waits.
    func useApproval(run: Int64, planHash: String) async throws -> (run: Int64, isSamePlan: Bool)? {
        try await database.perform { session in
            let rows = try session.query(
                """
                UPDATE sync_runs SET approval_used_by = $2
                WHERE pipeline = $1 AND approved_at IS NOT NULL AND approval_used_by IS NULL AND run < $2 RETURNING run, plan_hash
                """, [.text(pipeline), .integer(run)])
            var newest: (run: Int64, isSamePlan: Bool)?
            for row in rows {
                let number = try row.integer(0)
                if number > newest?.run ?? 0 { newest = (number, row.optionalText(1) == planHash) }
            }
            return newest
        }
    }

    /// Writes the first half of the books, with the plan in force or, for a held run, as it would have been.
    /// - Throws: `RunFenced` if another run has begun.
    func write(_ plans: [PlannedStream], run: Int64, certificate: ReadCertificate, inForce: Bool) async throws {
        try await database.perform { session in
            try session.transaction {
                try requireFence(run, in: session)
                for plan in plans { try write(plan, run, inForce, in: session) }
                try session.query(
                    "UPDATE sync_runs SET read_at = clock_timestamp(), certificate = $2::jsonb WHERE run = $1",
                    [.integer(run), .text(certificate.json)])
            }
        }
    }

    /// Adds lines to the error log; for rows whose failure records have been acknowledged.
    func log(_ failures: [ErrorLogEntry]) async throws {
        guard !failures.isEmpty else { return }
        try await database.perform { session in _ = try ErrorLog.write(failures, in: session) }
    }

    func markEmitted(_ run: Int64) async throws {
        try await database.perform { session in
            _ = try session.query("UPDATE sync_runs SET emitted_at = clock_timestamp() WHERE run = $1", [.integer(run)])
        }
    }

    /// Both halves of the books as they stand now.
    func books(_ run: Int64) async throws -> [StreamBooks] {
        try await database.perform { session in try StreamBooks.of(run: run, in: session) }
    }

    /// What became so far of the changes that failed.
    func failures(_ run: Int64) async throws -> RunFailures {
        try await database.perform { session in try RunFailures.of(run: run, in: session) }
    }

    func waiting() async throws -> [WaitingRows] {
        try await database.perform { session in try WaitingRows.of(pipeline: pipeline, in: session) }
    }

    private func write(_ plan: PlannedStream, _ run: Int64, _ inForce: Bool, in session: PostgresSession) throws {
        let counts = [
            plan.plan.read, plan.plan.blank, plan.plan.duplicate, plan.plan.rejected, plan.plan.unchanged, plan.plan.waiting, plan.plan.upserts,
            plan.plan.deletes,
        ].map { PostgresValue.integer(Int64($0)) }
        try session.query(
            """
            INSERT INTO run_streams (run, stream, target_table, read, blank, duplicate, rejected, unchanged, waiting, upserts, deletes, planned_at)
            VALUES ($1, $2, $3, $5, $6, $7, $8, $9, $10, $11, $12, CASE WHEN $4::boolean THEN clock_timestamp() END)
            """, [.integer(run), .text(plan.stream), .text(plan.table), .boolean(inForce)] + counts)
        func integers(_ count: (FieldTally) -> Int) -> PostgresValue { .integers(plan.fields.map { Int64(count($0)) }) }
        try session.query(
            """
            INSERT INTO run_fields (run, stream, field, header, processed, empty, coerced, nulled, kept, rejected, longest)
            SELECT $1::bigint, $2, * FROM unnest($3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[],
                $10::bigint[], $11::bigint[])
            """,
            [
                .integer(run), .text(plan.stream), .texts(plan.fields.map(\.field)), .texts(plan.fields.map(\.header)), integers(\.processed),
                integers(\.empty), integers(\.coerced), integers(\.nulled), integers(\.kept), integers(\.rejected), integers(\.longestCharacters),
            ])
    }
}

/// One stream's plan with what happened to its fields, as the books take it.
struct PlannedStream: Sendable {
    var stream: String
    var table: String
    var plan: StreamPlan
    var fields: [FieldTally]
}

extension RunScope {
    /// `sync_runs.requested`: what was asked for. Keys are names of rows, not values of cells, and may stand here.
    var requested: String {
        var json = JSONWriter()
        json.object { json in
            if let fields { json.array("fields") { json in for field in fields { json.string(field) } } }
            if let keys { json.array("keys") { json in for key in keys.sorted() { json.string(key.text) } } }
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
