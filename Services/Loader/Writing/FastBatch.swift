import Books
import Failures
import Postgres
import Records
import Schema

/// A batch that was sent down the fast path and is not answered yet.
struct SentBatch {
    let range: BatchRange
    /// What it holds, kept until it has committed, so that it can be done again.
    let records: [RawRecord]
    let stream: String
    let run: Int64
    /// Which of its answers, counted from 0, tell how many rows were inserted and how many were there.
    let countingAnswers: Set<Int>
    /// How many answers come before that of the Sync.
    let statements: Int
    let failed: Int

    var answersRead = 0
    var tallies = Tallies()
    /// Why nothing of it stands; nil as long as all went well.
    var failure: PostgresError?
}

/// Sends batches of the common kind: whole first attempts of one run and one stream, distinct keys, nothing absent.
///
/// Everything is sent at once and nothing is decided here: the statements raise `RC…` codes when the batch is not of that kind after all,
/// and then nothing of it stands (invariant 1). What lies between two Syncs is one transaction, which the Sync commits and an error ends
/// (https://www.postgresql.org/docs/15/libpq-pipeline-mode.html): unlike one that BEGIN opens, it leaves nothing open behind a failed batch.
final class FastBatch {
    private let pipeline: String
    private let prepared: PreparedStatements
    /// By the streams' lock ids.
    private var blanks: [Int32: BlankColumns] = [:]
    /// Reused from batch to batch, as the pointers are read before a send returns.
    private var parameters: [UnsafePointer<CChar>?] = []

    init(pipeline: String, prepared: PreparedStatements) { (self.pipeline, self.prepared) = (pipeline, prepared) }

    /// The many-row statements that the plan needs and that are not prepared yet; preparing them needs a pause of the pipeline.
    func missing(_ plan: FastPlan, _ target: StreamTarget, _ statements: TargetStatements) -> [(name: String, sql: String)] {
        var kept = blanks[target.lockID] ?? BlankColumns(columns: target.columns.count)
        kept.meet(plan.blanks)
        blanks[target.lockID] = kept
        var missing: [(String, String)] = []
        for size in Set(rowChunks(plan.rows.count, most: statements.rowsMax)) {
            let upsert = upsertName(target, size)
            if !prepared.contains(upsert) { missing.append((upsert, statements.tallyingUpsert(rows: size, keeping: kept))) }
            if !prepared.contains("settle-\(size)") { missing.append(("settle-\(size)", BookStatements.settle(rows: size))) }
        }
        return missing
    }

    private func upsertName(_ target: StreamTarget, _ rows: Int) -> String { "upsert-\(target.lockID)-\(rows)-\(blanks[target.lockID]?.growths ?? 0)" }

    /// Sends one batch but for the Sync that commits it, which has to wait until the broker has its failures (invariant 2).
    ///
    /// - Parameters:
    ///   - rows: indices of the changes that land.
    ///   - failures: those that do not; they are counted in the same transaction.
    /// - Precondition: what was `missing` of the plan is prepared, the session is in pipeline mode, and the batch holds a change.
    func send(
        _ batch: inout ScannedBatch, rows: [Int], failures: [(change: ScannedChange, report: FailureReport)], _ target: StreamTarget,
        range: BatchRange, records: [RawRecord], rowsMax: Int, in session: PostgresSession
    ) throws(PostgresError) -> SentBatch {
        let run = batch.changes[0].run
        var (lowest, highest) = (Int64.max, Int64.min)
        for change in batch.changes { (lowest, highest) = (min(lowest, Int64(change.sequence.ordinal)), max(highest, Int64(change.sequence.ordinal))) }
        try session.sendPrepared(
            "offset",
            [
                .text(range.topic), .integer(Int64(range.partition)), .integer(range.next), .text(range.lastID), .integer(range.from),
                .integer(range.generation),
            ])
        try session.sendPrepared("lock", [.integer(Int64(target.lockID))])  // Invariant 12: a statement of its own, before the fence is read.
        try session.sendPrepared("fence", [.integer(Int64(target.lockID)), .integer(run)])
        var answers = 3
        var tallies = (from: Int64(-1), to: lowest - 1)  // What the first statement to tally may find; later ones find what it left.
        if !failures.isEmpty {
            try session.sendPrepared("definition", [.text(target.quotedTable), .text(target.table.fingerprint)])
            try session.sendPrepared(
                "tally-failed",
                [
                    .integer(run), .text(target.layout.stream), .integer(Int64(range.partition)), .integer(highest), .integer(Int64(failures.count)),
                    .integer(tallies.from), .integer(tallies.to),
                ])
            let keys = failures.map { batch.key($0.change) }
            try session.sendPrepared(
                "owe",
                [.text(pipeline), .text(target.layout.stream), .integer(run), .texts(keys), .integers(failures.map { $0.change.sequence.rawValue })])
            try session.sendPrepared("errors", ErrorLog.parameters(failures.map(\.report.line)))
            answers += 4
            tallies = (highest, highest)
        }
        var countingAnswers: Set<Int> = []
        var first = 0
        for size in rowChunks(rows.count, most: rowsMax) {
            let chunk = rows[first..<first + size]
            try sendSettle(chunk, &batch, target, run: run, in: session)
            let tail = [run, nil, Int64(range.partition), highest, tallies.from, tallies.to]
            try sendUpsert(chunk, &batch, target, tail: tail, in: session)
            countingAnswers.insert(answers + 1)
            answers += 2
            tallies = (highest, highest)
            first += size
        }
        try session.sendPrepared("constraints")  // What is deferred to the end speaks up before the end, as the answer of a statement.
        return SentBatch(
            range: range, records: records, stream: target.layout.stream, run: run, countingAnswers: countingAnswers, statements: answers + 1,
            failed: failures.count)
    }

    private func sendSettle(_ rows: ArraySlice<Int>, _ batch: inout ScannedBatch, _ target: StreamTarget, run: Int64, in session: PostgresSession)
        throws(PostgresError)
    {
        var slices = [batch.arena.text(pipeline), batch.arena.text(target.layout.stream), batch.arena.decimal(run)]
        slices.reserveCapacity(3 + rows.count * 4)
        for row in rows {
            let change = batch.changes[row]
            slices.append(change.key)
            slices.append(batch.arena.decimal(change.sequence.rawValue))
            slices.append(batch.arena.decimal(change.hash ?? 0))
            slices.append(target.appendHeld(of: change, in: &batch))
        }
        parameters.removeAll(keepingCapacity: true)  // Filled only now: the arena may have moved while it grew.
        for slice in slices { parameters.append(batch.arena.parameter(slice)) }
        try sendParameters("settle-\(rows.count)", in: session)
    }

    /// - Parameter tail: what follows the rows; nil stands for the stream's name.
    private func sendUpsert(
        _ rows: ArraySlice<Int>, _ batch: inout ScannedBatch, _ target: StreamTarget, tail: [Int64?], in session: PostgresSession
    ) throws(PostgresError) {
        let tail = tail.map { number in number.map { batch.arena.decimal($0) } ?? batch.arena.text(target.layout.stream) }
        let width = target.columns.count
        parameters = Array(unsafeUninitializedCapacity: rows.count * width + tail.count) { parameters, count in
            for row in rows {
                let firstField = batch.changes[row].firstField
                for field in firstField..<firstField + width {
                    parameters.initializeElement(at: count, to: batch.arena.parameter(batch.fields[field]))
                    count += 1
                }
            }
            for slice in tail {
                parameters.initializeElement(at: count, to: batch.arena.parameter(slice))
                count += 1
            }
        }
        try sendParameters(upsertName(target, rows.count), in: session)
    }

    private func sendParameters(_ name: String, in session: PostgresSession) throws(PostgresError) {
        let result = parameters.withUnsafeBufferPointer { pointers in
            Result { () throws(PostgresError) in try session.sendPrepared(name, pointers) }
        }
        try result.get()
    }
}

extension StreamTarget {
    /// `sync_rows.held` after a whole change without absent fields, in hexadecimal (`x0F…`), as `bit varying` reads it.
    func appendHeld(of change: ScannedChange, in batch: inout ScannedBatch) -> ArenaSlice {
        batch.arena.reserve(heldCount / 4 + 2)
        let start = batch.arena.count
        batch.arena.append(UInt8(ascii: "x"))
        for group in 0..<heldCount / 4 {
            var nibble: UInt8 = 0
            for bit in 0..<4 {
                nibble <<= 1
                let column = columnAtPosition[group * 4 + bit]
                if column >= 0, batch.fields[change.firstField + column].hasValue { nibble |= 1 }
            }
            batch.arena.append(nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10)
        }
        return batch.arena.close(from: start)
    }
}
