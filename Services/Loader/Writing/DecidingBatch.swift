import Books
import Failures
import Foundation
import Pipelines
import Postgres
import Records
import Schema

/// What became of one batch, for metrics and the outcome record.
struct AppliedBatch: Sendable {
    var range: BatchRange
    let stream: String
    var tallies: [Int64: Tallies] = [:]
    /// Ids of the retries in it, which no tally counts.
    var retried: [String] = []
    var rows = 0
}

/// Applies batches row by row decision: the slow path, which can do everything the fast one cannot.
///
/// One transaction: position and fence first, then the state of all keys, then what each row needs. Rows that PostgreSQL refuses are found by
/// halving under savepoints, so that their neighbours land (invariant 9). It is one session's and one thread's.
struct DecidingBatch {
    let pipeline: String
    let session: PostgresSession
    let prepared: PreparedStatements
    let sink: any FailureSink
    var pauseBeforeCommit: Duration = .zero
    /// Set: the batch's rows are refused for this, and the table is not touched.
    var condemned: RowProblem?
    /// Set: the session was opened anew for this very batch, so that what it refuses is no memory of the session's.
    var isOfNewSession = false

    /// Applies `rows`, all of `target`'s stream, and commits.
    ///
    /// - Parameter records: those of the range, as they came; a row's `index` is its place among them.
    /// - Throws: `PostgresError`, or `OldPlan`; nothing of the batch stands then, unless the error says `isOutcomeUnknown`.
    func apply(_ rows: [ChangeRow], from records: [RawRecord], _ loaded: StreamTarget, range: BatchRange) async throws -> AppliedBatch {
        try session.query("BEGIN")
        do {
            var applied = AppliedBatch(range: range, stream: loaded.layout.stream)
            let (target, fence) = try begin(loaded, range)
            // What was prepared has the types of the table as it was.
            let prepared = target.table.fingerprint == loaded.table.fingerprint ? prepared : nil
            let plans: [RowPlan]
            var refusals: [Refusal]
            (plans, refusals) = try decide(rows, target, fence: fence, partition: range.partition, &applied)
            let landing = try Landing(target: target, session: session, prepared: prepared).land(plans)
            guard isOfNewSession || !landing.refusals.contains(where: { $0.problem.mayBeOfOldPlan }) else { throw OldPlan() }
            refusals += landing.refusals
            for (run, tallies) in landing.tallies { applied.tallies[run, default: Tallies()] = applied.tallies[run, default: Tallies()] + tallies }
            try settle(landing.landed, target)
            try await refuse(refusals, from: records, target, range: range, &applied)
            try tally(applied, rows, target, partition: range.partition)
            if pauseBeforeCommit > .zero { try await Task.sleep(for: pauseBeforeCommit) }
            try session.commit()
            applied.rows = rows.count
            applied.retried = rows.filter { !$0.isFirstAttempt }.map { target.layout.id(of: $0.key, $0.sequence) }
            return applied
        } catch {
            session.abandonTransaction()
            throw error
        }
    }

    /// Whether rows would land now: tried in a transaction that is rolled back, without moving anything.
    func wouldLand(_ rows: [ChangeRow], _ target: StreamTarget) throws -> Bool {
        try session.query("BEGIN")
        defer { session.abandonTransaction() }
        let application = Application(isSettledContent: false, owedAfter: nil)
        let plans = rows.filter { target.problem(of: $0) == nil }.map { target.plan($0, application, settled: nil, isCounted: false) }
        return !(try Landing(target: target, session: session, prepared: nil).land(plans).landed.isEmpty)
    }

    /// Whether an accused row would land by now: what kept it out may have kept its neighbours out as well, and be over for all of them.
    func landsByNow(_ rows: [ChangeRow], _ target: StreamTarget) throws -> Bool {
        do { return try wouldLand(rows, target) } catch let error as PostgresError where !error.isConnectionLoss { return false }
    }

    /// Moves the position (invariant 1), then the fence in the order invariant 12 asks for, then the table as this transaction sees it.
    private func begin(_ loaded: StreamTarget, _ range: BatchRange) throws -> (StreamTarget, fence: Int64) {
        try session.query(BookStatements.moveOffset, range.moveParameters)
        try session.query(FenceLock.sharedSQL, [.integer(Int64(loaded.lockID))])
        let fence = try session.query("SELECT fence FROM sync_state WHERE lock_id = $1::integer", [.integer(Int64(loaded.lockID))]).only().integer(0)
        let fingerprint = try session.query("SELECT " + TableDefinition.fingerprintSQL(of: "$1"), [.text(loaded.quotedTable)]).only().optionalText(0)
        // A row is refused on the definition this transaction reads, never on a remembered one.
        guard fingerprint != loaded.table.fingerprint else { return (loaded, fence) }
        return (try StreamTarget.load(loaded.definition, pipeline: pipeline, in: session), fence)
    }

    private func decide(_ rows: [ChangeRow], _ target: StreamTarget, fence: Int64, partition: Int32, _ applied: inout AppliedBatch) throws -> (
        [RowPlan], [Refusal]
    ) {
        let settled = try settledRows(rows, target)
        let highest = try highestOrdinals(Set(rows.map(\.run)), target, partition)
        let isReplaced = replacedWithinBatch(rows.map { (KeyBytes($0.key), $0.sequence) })
        var plans: [RowPlan] = []
        var refusals: [Refusal] = []
        for (row, isReplaced) in zip(rows, isReplaced) {
            let state = settled[KeyBytes(row.key)]
            let decision = isReplaced ? .superseded : decideRow(row, fence: fence, settled: state)
            // Invariant 4: retries are counted elsewhere, and an ordinal counted before is not counted again.
            let isCounted = row.isFirstAttempt && Int64(row.sequence.ordinal) > highest[row.run] ?? -1
            switch decision {
            case .superseded: if isCounted { applied.tallies[row.run, default: Tallies()].superseded += 1 }
            case .apply(let application):
                if let unmapped = row.unmappedColumn {
                    var error = PostgresError(
                        kind: .refused, sqlState: "42703",
                        problem: "Run \(row.run) sends column \(unmapped), which this loader's pipeline file does not map; restart with the present file")
                    (error.table, error.column) = (target.definition.table, unmapped)
                    throw error
                }
                if let problem = condemned ?? target.problem(of: row) {
                    refusals.append(Refusal(row: row, problem: problem, isCounted: isCounted))
                } else {
                    plans.append(target.plan(row, application, settled: state, isCounted: isCounted))
                }
            }
        }
        return (plans, refusals)
    }

    private func decideRow(_ row: ChangeRow, fence: Int64, settled: SettledRow?) -> Decision {
        Loader.decide(
            sequence: row.sequence, operation: row.operation, isPartial: row.isPartial, attempt: row.attempt, hash: row.hash, fence: fence, settled: settled)
    }

    private func settledRows(_ rows: [ChangeRow], _ target: StreamTarget) throws(PostgresError) -> [KeyBytes: SettledRow] {
        var settled: [KeyBytes: SettledRow] = [:]
        let keys = PostgresValue.texts(rows.map(\.key))
        for row in try session.query(BookStatements.settledRows, [.text(pipeline), .text(target.layout.stream), keys]) {
            settled[KeyBytes(try row.text(0))] = SettledRow(
                sequence: Records.Sequence(rawValue: try row.integer(1)), hash: try row.optionalInteger(2),
                owed: try row.optionalInteger(3).map { Records.Sequence(rawValue: $0) }, isDeleted: try row.boolean(4),
                held: row.optionalText(5).flatMap { HeldBits(bits: $0) } ?? HeldBits())
        }
        return settled
    }

    private func highestOrdinals(_ runs: Set<Int64>, _ target: StreamTarget, _ partition: Int32) throws(PostgresError) -> [Int64: Int64] {
        var highest: [Int64: Int64] = [:]
        let parameters: [PostgresValue?] = [.integers(runs.sorted()), .text(target.layout.stream), .integer(Int64(partition))]
        for row in try session.query(BookStatements.highestOrdinals, parameters) { highest[try row.integer(0)] = try row.integer(1) }
        return highest
    }

    /// Stores what landed, hash and all, in the transaction that stored the rows.
    private func settle(_ landed: [RowPlan], _ target: StreamTarget) throws(PostgresError) {
        guard !landed.isEmpty else { return }
        try session.query(
            BookStatements.settleDecided,
            [
                .text(pipeline), .text(target.layout.stream), .texts(landed.map(\.row.key)), .integers(landed.map(\.after.sequence.rawValue)),
                .integers(landed.map(\.after.hash)), .integers(landed.map { $0.after.owed?.rawValue }), .booleans(landed.map(\.after.isDeleted)),
                .texts(landed.map(\.after.held.bits)),
            ])
    }

    /// Invariant 2: the broker has each failure before the transaction that counts it commits.
    private func refuse(
        _ refusals: [Refusal], from records: [RawRecord], _ target: StreamTarget, range: BatchRange, _ applied: inout AppliedBatch
    ) async throws {
        guard !refusals.isEmpty else { return }
        var reports: [FailureReport] = []
        for refusal in refusals {
            let raw = records[refusal.row.index]
            let change = try ChangeRecord(parsing: Array(raw.value ?? UnsafeRawBufferPointer(start: nil, count: 0)))
            reports.append(FailureReport(refusal.problem, of: change, table: target.definition.table, at: raw.offset, in: range, now: .now))
            if refusal.isCounted { applied.tallies[refusal.row.run, default: Tallies()].failed += 1 }
        }
        try session.query(
            BookStatements.oweDecided,
            [
                .text(pipeline), .text(target.layout.stream), .texts(refusals.map(\.row.key)), .integers(refusals.map(\.row.sequence.rawValue)),
            ])
        try ErrorLog.write(reports.map(\.line), in: session)
        try await sink.report(reports.map(\.record))
    }

    private func tally(_ applied: AppliedBatch, _ rows: [ChangeRow], _ target: StreamTarget, partition: Int32) throws(PostgresError) {
        for (run, counts) in applied.tallies.sorted(by: { $0.key < $1.key }) where counts.total > 0 {
            let highest = rows.filter { $0.run == run && $0.isFirstAttempt }.map { Int64($0.sequence.ordinal) }.max() ?? 0
            try session.tally(counts, run: run, stream: target.layout.stream, partition: partition, highest: highest)
        }
    }
}
