import Records
import Schema

/// What the fast path would do with a scanned batch.
struct FastPlan {
    /// How many of the batch's changes, from the first one on, it is about.
    var count = 0
    /// Indices of the changes that land.
    var rows: [Int] = []
    /// Changes a value of which does not fit.
    var failures: [(index: Int, problem: RowProblem)] = []
    /// By the layout's order, the columns in which some change is blank: there the statement must keep what a NULL meets.
    var blanks: [Bool]
}

extension StreamTarget {
    /// Checks every value; nil when some change is not of the kind the fast path takes.
    /// - Parameter rowsMax: where the plan ends: as many rows as one statement lands.
    func fastPlan(_ batch: borrowing ScannedBatch, rowsMax: Int) -> FastPlan? {
        let width = columns.count
        var plan = FastPlan(blanks: Array(repeating: false, count: width))
        plan.rows.reserveCapacity(batch.changes.count)
        let run = batch.changes[0].run
        let checked = checkedColumns
        for index in batch.changes.indices where plan.rows.count < rowsMax {
            plan.count += 1
            let change = batch.changes[index]
            guard change.operation == .upsert, change.isFirstAttempt, !change.isPartial, change.run == run, !change.hasUnmappedColumn, !change.holdsNUL
            else { return nil }
            var firstBlank: Int?
            for column in 0..<width {
                let slice = batch.fields[change.firstField + column]
                if slice.hasValue { continue }
                if slice.isAbsent { return nil }
                plan.blanks[column] = true
                if firstBlank == nil, !columns[column].isNullable { firstBlank = column }
            }
            if let problem = firstBlank.flatMap({ problem(ofBlankAt: $0) }) ?? problem(of: change, batch, checked) {
                plan.failures.append((index, problem))
            } else {
                plan.rows.append(index)
            }
        }
        return plan
    }

    private func problem(of change: ScannedChange, _ batch: borrowing ScannedBatch, _ checked: [Int]) -> RowProblem? {
        for column in checked {
            let slice = batch.fields[change.firstField + column]
            guard slice.hasValue else { continue }
            if let problem = problem(of: batch.arena.bytes(slice), at: column, mayHoldNUL: false) { return problem }
        }
        return nil
    }
}
