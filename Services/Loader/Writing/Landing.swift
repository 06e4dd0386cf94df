import Failures
import Postgres
import Records

/// A row that cannot land, and why.
struct Refusal: Sendable {
    let row: ChangeRow
    let problem: RowProblem
    /// A first attempt whose ordinal was not counted before (invariant 4).
    let isCounted: Bool
}

/// Writes planned rows to the target and finds those that PostgreSQL refuses, by halving under savepoints (invariant 9).
struct Landing {
    /// What came of some rows.
    struct Result {
        var landed: [RowPlan] = []
        var refusals: [Refusal] = []
        /// Of the rows that are counted, by run.
        var tallies: [Int64: Tallies] = [:]

        mutating func add(_ other: Result) {
            landed += other.landed
            refusals += other.refusals
            for (run, counts) in other.tallies { tallies[run, default: Tallies()] = tallies[run, default: Tallies()] + counts }
        }
    }

    let target: StreamTarget
    let session: PostgresSession
    private let statements: TargetStatements
    /// Nil: nothing that was prepared before fits the table.
    private let prepared: PreparedStatements?

    init(target: StreamTarget, session: PostgresSession, prepared: PreparedStatements?) throws(PostgresError) {
        (self.target, self.session, self.prepared) = (target, session, prepared)
        statements = try TargetStatements(target)
    }

    /// - Throws: what is no single row's fault (invariant 8), with the transaction to be given up.
    func land(_ plans: [RowPlan]) throws -> Result {
        guard !plans.isEmpty else { return Result() }
        do {
            return try session.savepoint {
                let result = try write(plans)
                try session.query("SET CONSTRAINTS ALL IMMEDIATE")  // What is deferred to COMMIT refuses here, where its row can be found.
                return result
            }
        } catch let error as PostgresError {
            guard !error.isConnectionLoss, case .row(let category) = FailureMeaning(sqlState: error.sqlState) else { throw error }
            guard plans.count > 1 else {
                return Result(refusals: [Refusal(row: plans[0].row, problem: target.problem(error, category), isCounted: plans[0].isCounted)])
            }
            var result = try land(Array(plans[..<(plans.count / 2)]))
            result.add(try land(Array(plans[(plans.count / 2)...])))
            return result
        }
    }

    private func write(_ plans: [RowPlan]) throws -> Result {
        var result = Result(landed: plans)
        var together: [Group: [RowPlan]] = [:]
        for plan in plans {
            switch plan.write {
            case .whole(let clears):
                if !clears.isEmpty { try session.query(statements.clear(columns: clears), key(plan.row)) }
                together[Group(run: plan.isCounted ? plan.row.run : nil, isSettledContent: plan.isSettledContent), default: []].append(plan)
            case .some(let columns): count(try writeOne(plan.row, columns), plan, &result)
            case .delete: count(try delete(plan.row), plan, &result)
            }
        }
        for (group, plans) in together.sorted(by: { ($0.key.run ?? 0) < ($1.key.run ?? 0) }) {
            let (inserted, present) = try writeTogether(plans)
            guard let run = group.run else { continue }
            result.tallies[run, default: Tallies()].inserted += inserted
            if group.isSettledContent {
                result.tallies[run, default: Tallies()].unchangedAtTarget += present
            } else {
                result.tallies[run, default: Tallies()].updated += present
            }
        }
        return result
    }

    /// Rows whose counts mean the same.
    private struct Group: Hashable {
        let run: Int64?
        let isSettledContent: Bool
    }

    private func writeTogether(_ plans: [RowPlan]) throws(PostgresError) -> (inserted: Int64, present: Int64) {
        var (inserted, present): (Int64, Int64) = (0, 0)
        var rest = plans[...]
        for size in rowChunks(plans.count, most: statements.rowsMax) {
            let parameters = rest.prefix(size).flatMap { $0.row.fields.map(\.parameter) }
            rest = rest.dropFirst(size)
            let row = try upsert(rows: size, parameters).only()
            inserted += try row.integer(0)
            present += try row.integer(1)
        }
        return (inserted, present)
    }

    private func upsert(rows: Int, _ parameters: [PostgresValue?]) throws(PostgresError) -> PostgresRows {
        guard let prepared else { return try session.query(statements.upsert(rows: rows), parameters) }
        let name = "land-\(target.lockID)-\(rows)"
        if !prepared.contains(name) { try prepared.prepare(name, statements.upsert(rows: rows), in: session) }
        return try session.queryPrepared(name, parameters)
    }

    private enum OneRow { case inserted, present, deleted, notThere }

    /// A change that carries only some columns, or leaves one out that NULL cannot stand for.
    private func writeOne(_ row: ChangeRow, _ columns: [Int]) throws(PostgresError) -> OneRow {
        let values = columns.map { row.fields[$0].parameter }
        if try session.query(statements.update(columns: columns), values + key(row)).affected > 0 { return .present }
        try session.query(statements.insert(columns: columns), key(row) + values)
        return .inserted
    }

    private func delete(_ row: ChangeRow) throws(PostgresError) -> OneRow {
        guard let sql = statements.delete else { return .notThere }
        return try session.query(sql, key(row)).affected > 0 ? .deleted : .notThere
    }

    private func count(_ outcome: OneRow, _ plan: RowPlan, _ result: inout Result) {
        guard plan.isCounted else { return }
        switch outcome {
        case .inserted: result.tallies[plan.row.run, default: Tallies()].inserted += 1
        case .present where !plan.isSettledContent: result.tallies[plan.row.run, default: Tallies()].updated += 1
        case .present, .notThere: result.tallies[plan.row.run, default: Tallies()].unchangedAtTarget += 1
        case .deleted: result.tallies[plan.row.run, default: Tallies()].deleted += 1
        }
    }

    private func key(_ row: ChangeRow) -> [PostgresValue?] { row.fields.prefix(target.keyCount).map(\.parameter) }
}

extension FieldValue {
    /// SQL NULL for blank and absent: the statement decides what NULL does.
    var parameter: PostgresValue? {
        if case .value(let text) = self { return .text(text) }
        return nil
    }
}
