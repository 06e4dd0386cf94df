import JSONText
import Pipelines

/// One column of the mapping, made ready to be read by its rules. A class, so that taking it up costs one retain and not ten.
final class FieldPlan: Sendable {
    let mapping: ColumnMapping
    /// Its place among the stream's columns, and among the tallies.
    let index: Int
    let cells: [Int]
    /// The alternatives, the one to prefer first; never empty.
    let choices: [ResolvedChoice]
    let header: String
    /// `"name":`, escaped.
    let member: [UInt8]
    let isKey: Bool
    let form: CarriedForm
    let words: WordTable?
    let tiers: TierScale?

    init(_ column: ResolvedColumn, index: Int, header: [String], isKey: Bool) {
        mapping = column.mapping
        self.index = index
        cells = column.cells
        choices = column.choices
        self.header =
            column.mapping.from.isTriedByValue
            ? column.choices.map { $0.cells.map { header[$0] }.joined(separator: " + ") }.joined(separator: ", ") : header[column.cells[0]]
        var json = JSONWriter(reservingCapacity: 32)
        json.string(column.mapping.to)
        member = json.bytes + [UInt8(ascii: ":")]
        self.isKey = isKey
        form = CarriedForm(mapping, isKey: isKey, cells: cells.count)
        words = mapping.type == .boolean ? WordTable(mapping.values ?? .standard) : nil
        tiers = mapping.tiers.isEmpty ? nil : TierScale(mapping.tiers)
    }

    /// A text column shows numbers and dates as people see them; a key compares by its digits.
    var wantsShown: Bool { mapping.type == .text && !isKey && tiers == nil }
}

/// What the inner loop needs to know of a field. No reference is in it: 45 fields a row with ten retains each took eight times as long
/// as all of the mapping.
struct FieldStep: Sendable {
    /// Of its tally.
    let index: Int
    /// The first of its cells.
    let cell: Int
    /// Its member's name with a comma before it, in the bytes of all names.
    let name: Range<Int>
    let form: CarriedForm
    /// Its words, of a boolean column, among those of all.
    let words: Range<Int>

    /// - Returns: a step for each plan, all names (`,"a":,"b":`), and the words of all boolean columns.
    static func make(_ plans: [FieldPlan]) -> (steps: [FieldStep], names: [UInt8], words: ShortWords) {
        var names: [UInt8] = []
        var words = ShortWords()
        let steps = plans.map { plan in
            let start = names.count
            names += [UInt8(ascii: ",")] + plan.member
            return FieldStep(
                index: plan.index, cell: plan.cells[0], name: start..<names.count, form: plan.form, words: plan.words.map { words.add($0) } ?? 0..<0)
        }
        return (steps, names, words)
    }
}
