import Pipelines

/// The labels of a `tiers:` list, ready to be looked up by number.
struct TierScale: Sendable {
    private let steps: [(from: DecimalText?, label: String)]

    init(_ tiers: [Tier]) {
        steps = tiers.map { tier in
            var notes = CoercionSet()
            // The pipeline file was refused at start if a limit is no number.
            return (tier.from.flatMap { try? readNumber(CellContent(.text, $0), &notes) }, tier.label)
        }
    }

    func label(_ cell: CellContent, _ notes: inout CoercionSet) throws(InvalidCell) -> String {
        let number = try readNumber(cell, &notes)
        notes.note(.tier)
        for step in steps where step.from.map({ !(number < $0) }) ?? true { return step.label }
        throw .belowTiers
    }
}
