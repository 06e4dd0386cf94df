import Records
import Schema

/// What the fast path would do with a scanned batch.
struct FastPlan {
    /// Indices of the changes that land.
    var rows: [Int] = []
    /// Changes a value of which does not fit.
    var failures: [(index: Int, problem: RowProblem)] = []
    /// Some field is blank, so the statement must keep what a NULL meets.
    var keepsBlanks = false
}

extension StreamTarget {
    /// Checks every value; nil when some change is not of the kind the fast path takes.
    func fastPlan(_ batch: borrowing ScannedBatch) -> FastPlan? {
        var plan = FastPlan()
        plan.rows.reserveCapacity(batch.changes.count)
        let run = batch.changes[0].run
        let width = columns.count
        let checkedColumns = checkedColumns
        for (index, change) in batch.changes.enumerated() {
            guard change.operation == .upsert, change.isFirstAttempt, !change.isPartial, change.run == run, change.unmappedColumn == nil, !change.holdsNUL
            else { return nil }
            var problem: RowProblem?
            for field in change.firstField..<change.firstField + width {
                let slice = batch.fields[field]
                if slice.hasValue { continue }
                if slice.isAbsent { return nil }
                plan.keepsBlanks = true
                problem = problem ?? self.problem(ofBlankAt: field - change.firstField)
            }
            for column in checkedColumns where problem == nil {
                let slice = batch.fields[change.firstField + column]
                if slice.hasValue { problem = self.problem(of: batch.arena.bytes(slice), at: column, mayHoldNUL: false) }
            }
            if let problem { plan.failures.append((index, problem)) } else { plan.rows.append(index) }
        }
        return plan
    }
}
