import Pipelines
import Text

/// Reads the cells of one field by its type's rule; every rule is a file of its own.
struct FieldReader: Sendable {
    let zone: ZoneRules

    /// Where the field's value stands: in the first alternative that holds anything; when none does, in the first.
    /// - Returns: nil when nobody can say: an alternative could not be read, and none before it holds anything (invariant 6).
    func choice(_ plan: FieldPlan, _ row: borrowing SourceRow, _ bytes: UnsafeRawBufferPointer) -> ResolvedChoice? {
        for choice in plan.choices {
            for cell in choice.cells where row.kind(cell) == .absent { return nil }
            if !isBlank(choice, row, bytes) { return choice }
        }
        return plan.choices[0]
    }

    /// - Parameter choice: of the plan; see `choice`.
    /// - Returns: nil for a blank cell without `default`.
    func read(
        _ plan: FieldPlan, _ choice: ResolvedChoice, _ row: borrowing SourceRow, _ bytes: UnsafeRawBufferPointer, _ notes: inout CoercionSet
    ) throws(InvalidCell) -> FieldValue? {
        var cell: CellContent
        if isBlank(choice, row, bytes) {
            noteBlank(choice, row, bytes, &notes)
            guard let fallback = plan.mapping.fallback else { return nil }
            notes.note(.fallback)
            cell = CellContent(.text, fallback)
        } else if choice.cells.count > 1 {
            cell = CellContent(.text, bytes: try joined(choice, row, bytes))
            notes.note(.joined)
        } else {
            let range = row.range(choice.cells[0])
            cell = CellContent(row.kind(choice.cells[0]), bytes: Array(bytes[range]))
            if cell.kind == .error || cell.kind == .text && bytes.isErrorWord(range) { throw .errorCell }
        }
        if plan.mapping.type == .text, plan.tiers == nil { return try text(cell, plan, choice, row, &notes) }
        try normalise(&cell, &notes)
        if let tiers = plan.tiers { return .text(try tiers.label(cell, &notes)) }
        return try typed(cell, plan, &notes)
    }

    private func typed(_ cell: CellContent, _ plan: FieldPlan, _ notes: inout CoercionSet) throws(InvalidCell) -> FieldValue {
        switch plan.mapping.type {
        case .text: .text(cell.bytes)
        case .integer: .literal(try readNumber(cell, &notes).wholeText())
        case .decimal: .literal(try readNumber(cell, &notes).text)
        case .boolean: .literal(try (plan.words ?? WordTable(.standard)).read(cell, &notes) ? "true" : "false")
        case .date: .text(try readDate(cell, zone, &notes).description)
        case .time: .text(try readTime(cell, &notes).description)
        case .timestamp: .text(try readTimestamp(cell, zone, &notes))
        case .json: FieldValue(bytes: try readJSON(cell), isQuoted: false)
        }
    }

    /// Typed cells are read without white space around them and in one width: `２０２５／１／５` is a date. JSON keeps its letters.
    private func normalise(_ cell: inout CellContent, _ notes: inout CoercionSet) throws(InvalidCell) {
        guard cell.kind == .text else { return }
        let trimmed = trimmingWhiteSpace(cell.bytes)
        if trimmed.count != cell.bytes.count { notes.note(.trimmed) }
        cell.bytes = trimmed
    }

    private func text(
        _ cell: CellContent, _ plan: FieldPlan, _ choice: ResolvedChoice, _ row: borrowing SourceRow, _ notes: inout CoercionSet
    ) throws(InvalidCell) -> FieldValue {
        var text = cell.bytes
        switch cell.kind {
        case .number:
            if !plan.isKey { notes.note(.numberAsText) }
            if !plan.isKey, choice.cells.count == 1, let shown = row.shownBytes(choice.cells[0]) {
                text = shown
            } else {
                let digits = Array(try DecimalText(json: cell.bytes).text.utf8)
                if plan.isKey, digits != text { notes.note(.keyNormalised) }
                text = digits
            }
        case .boolean:
            notes.note(.numberAsText)
            text = Array((text.first == UInt8(ascii: "t") ? "TRUE" : "FALSE").utf8)
        case .empty, .absent, .text, .error: break
        }
        if plan.isKey {
            let normal = normalKey(text)
            if normal != text { notes.note(.keyNormalised) }
            text = normal
        } else if plan.mapping.trims {
            let trimmed = trimmingWhiteSpace(text)
            if trimmed.count != text.count { notes.note(.trimmed) }
            text = trimmed
        }
        switch plan.mapping.format {
        case .email: try checkEmail(text)
        case .phone: try checkPhone(text)
        case nil: break
        }
        return .text(text)
    }

    private func joined(_ choice: ResolvedChoice, _ row: borrowing SourceRow, _ bytes: UnsafeRawBufferPointer) throws(InvalidCell) -> [UInt8] {
        var text: [UInt8] = []
        for cell in choice.cells where !isBlank(cell, row, bytes) {
            if row.kind(cell) == .error || row.kind(cell) == .text && bytes.isErrorWord(row.range(cell)) { throw .errorCell }
            if !text.isEmpty { text += choice.separator }
            text += standing(cell, row, bytes)
        }
        return text
    }

    /// What stands in the cells, for `onInvalid: keep`.
    func asItStands(_ choice: ResolvedChoice, _ row: borrowing SourceRow, _ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        standing(choice.cells[0], row, bytes)
    }

    private func standing(_ cell: Int, _ row: borrowing SourceRow, _ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        let content = Array(bytes[row.range(cell)])
        switch row.kind(cell) {
        case .number: return row.shownBytes(cell) ?? content
        case .boolean: return Array((content.first == UInt8(ascii: "t") ? "TRUE" : "FALSE").utf8)
        case .empty, .absent, .text, .error: return content
        }
    }

    func isBlank(_ choice: ResolvedChoice, _ row: borrowing SourceRow, _ bytes: UnsafeRawBufferPointer) -> Bool {
        for cell in choice.cells where !isBlank(cell, row, bytes) { return false }
        return true
    }

    private func isBlank(_ cell: Int, _ row: borrowing SourceRow, _ bytes: UnsafeRawBufferPointer) -> Bool {
        switch row.kind(cell) {
        case .empty, .absent: return true
        case .number, .boolean, .error: return false
        case .text:
            let text = UnsafeRawBufferPointer(rebasing: bytes[row.range(cell)])
            return isNullWord(text) || trimmingWhiteSpace(text).isEmpty
        }
    }

    private func noteBlank(_ choice: ResolvedChoice, _ row: borrowing SourceRow, _ bytes: UnsafeRawBufferPointer, _ notes: inout CoercionSet) {
        for cell in choice.cells where row.kind(cell) == .text && !row.range(cell).isEmpty {
            notes.note(isNullWord(UnsafeRawBufferPointer(rebasing: bytes[row.range(cell)])) ? .nullWord : .whiteSpaceOnly)
        }
    }
}

extension UnsafeRawBufferPointer {
    fileprivate func isErrorWord(_ range: Range<Int>) -> Bool { Mapping.isErrorWord(UnsafeRawBufferPointer(rebasing: self[range])) }
}

extension SourceRow {
    /// What people see in the cell; nil when the source was not asked or saw nothing else.
    func shownBytes(_ column: Int) -> [UInt8]? {
        guard column < cells.count, cells[column].shownEnd > cells[column].shownStart else { return nil }
        return Array(bytes[shownRange(column)])
    }
}
