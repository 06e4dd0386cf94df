import Pipelines
import Records

/// Makes the rows of one stream's source into the fields of its table, cell by cell, by the rules of the pipeline file.
///
/// The extractor's inner loop: a text cell goes from the source's bytes to the record's bytes without a `String`, and everything a
/// check or a report wants to know of the read is tallied on the way. Two mappers of one stream give the same bytes for the same row.
public struct RowMapper: Sendable {
    public let stream: StreamDefinition
    public let header: ResolvedHeader
    /// In the order of the stream's columns.
    public private(set) var tallies: [FieldTally]
    /// Not those of the key, in the order of their names' bytes: the order of canonical fields.
    private let fields: [FieldPlan]
    /// Of `fields`, in their order.
    private let steps: [FieldStep]
    private let names: [UInt8]
    private let words: ShortWords
    /// In the order of `key:`.
    private let keys: [FieldPlan]
    private let everyCell: [Int]
    private let reader: FieldReader

    /// - Parameters:
    ///   - zone: of the source: what its dates and times mean.
    ///   - limits: lengths of target columns in characters, by column; longer values are counted, not refused.
    public init(stream: StreamDefinition, header: ResolvedHeader, zone: ZoneRules, limits: [String: Int] = [:]) {
        (self.stream, self.header) = (stream, header)
        let plans = header.columns.enumerated().map { index, column in
            FieldPlan(column, index: index, header: header.header, isKey: stream.key.contains { $0.utf8.elementsEqual(column.mapping.to.utf8) })
        }
        fields = plans.filter { !$0.isKey }.sorted { $0.mapping.to.utf8.lexicographicallyPrecedes($1.mapping.to.utf8) }
        (steps, names, words) = FieldStep.make(fields)
        keys = stream.key.compactMap { name in plans.first { $0.mapping.to.utf8.elementsEqual(name.utf8) } }
        everyCell = Array(Set(plans.flatMap(\.cells))).sorted()
        tallies = plans.map { FieldTally(field: $0.mapping.to, header: $0.header, type: $0.mapping.type, limit: limits[$0.mapping.to]) }
        reader = FieldReader(zone: zone)
    }

    /// The cells that are wanted as people see them: for `Source.wantShown`.
    public var columnsToShow: Set<Int> { Set(fields.filter(\.wantsShown).flatMap(\.cells)) }

    /// Maps one row into `mapped`, whose memory is used again.
    public mutating func map(_ row: borrowing SourceRow, into mapped: inout MappedRow) -> MapOutcome {
        mapped.begin()
        if isBlank(row) { return .blank }
        var problems: [Rejection.Problem] = []
        row.bytes.withUnsafeBytes { bytes in
            mapKey(row, bytes, into: &mapped, &problems)
            mapped.fields.append(UInt8(ascii: "{"))
            names.withUnsafeBytes { names in
                for place in steps.indices { map(place, names, row, bytes, into: &mapped, &problems) }
            }
            mapped.fields.append(UInt8(ascii: "}"))
        }
        if !problems.isEmpty {
            problems.sort { place(of: $0.field) < place(of: $1.field) }
            return .rejected(Rejection(problems: problems))
        }
        mapped.hash = mapped.fields.withUnsafeBytes { RowHash(canonicalFields: $0) }
        return .mapped
    }

    private func place(of field: String) -> Int { tallies.firstIndex { $0.field.utf8.elementsEqual(field.utf8) } ?? 0 }

    private func isBlank(_ row: borrowing SourceRow) -> Bool {
        for cell in everyCell where row.kind(cell) != .empty {
            let range = row.range(cell)
            switch row.kind(cell) {
            case .empty, .absent: continue
            case .boolean: if row.bytes[range.lowerBound] != UInt8(ascii: "f") { return false }
            case .text:
                let isEmpty = row.bytes.withUnsafeBytes { trimmingWhiteSpace(UnsafeRawBufferPointer(rebasing: $0[range])).isEmpty }
                if !isEmpty { return false }
            case .number, .error: return false
            }
        }
        return true
    }

    private mutating func mapKey(
        _ row: borrowing SourceRow, _ bytes: UnsafeRawBufferPointer, into mapped: inout MappedRow, _ problems: inout [Rejection.Problem]
    ) {
        mapped.key.append(UInt8(ascii: "{"))
        var isWhole = true
        for (position, plan) in keys.enumerated() {
            var notes = CoercionSet()
            let reading = Result { () throws(InvalidCell) in try reader.read(plan, plan.choices[0], row, bytes, &notes) }
            tallies[plan.index].processed += 1
            tallies[plan.index].note(notes)
            switch reading {
            case .success(let value?):
                if position > 0 {
                    mapped.key.append(UInt8(ascii: ","))
                    mapped.recordKeyBytes.append(UInt8(ascii: "/"))
                }
                mapped.key += plan.member
                value.bytes.withUnsafeBytes {
                    tallies[plan.index].measure($0)
                    if !append(value, $0, to: &mapped.key) { isWhole = refuse(plan, .nulByte, &problems) }
                }
                appendEncoded(value.bytes, to: &mapped.recordKeyBytes)
            case .success(nil):
                tallies[plan.index].empty += 1
                isWhole = refuse(plan, .keyBlank, &problems)
            case .failure(let rule): isWhole = refuse(plan, rule, &problems)
            }
        }
        mapped.key.append(UInt8(ascii: "}"))
        if !isWhole { mapped.recordKeyBytes.removeAll(keepingCapacity: true) }
    }

    @inline(__always)
    private mutating func map(
        _ place: Int, _ names: UnsafeRawBufferPointer, _ row: borrowing SourceRow, _ bytes: UnsafeRawBufferPointer, into mapped: inout MappedRow,
        _ problems: inout [Rejection.Problem]
    ) {
        let step = steps[place]
        if step.form != .none, row.kind(step.cell) == .text {
            let text = UnsafeRawBufferPointer(rebasing: bytes[row.range(step.cell)])
            if mapAsItStands(step, text, names, into: &mapped) { return }
        }
        mapByRules(fields[place], row, bytes, into: &mapped, &problems)
    }

    /// Carries a cell that stands in the form of its type already.
    /// - Returns: false when it does not, or not surely; nothing was added then.
    @inline(__always)
    private mutating func mapAsItStands(
        _ step: FieldStep, _ text: UnsafeRawBufferPointer, _ names: UnsafeRawBufferPointer, into mapped: inout MappedRow
    ) -> Bool {
        // The first member has no comma before it.
        let name = UnsafeRawBufferPointer(rebasing: names[mapped.fields.count > 1 ? step.name : step.name.dropFirst()])
        switch step.form {
        case .none: return false
        case .text:
            guard isOrdinary(text) else { return false }
            let start = mapped.fields.count
            mapped.fields.append(contentsOf: name)
            mapped.fields.append(UInt8(ascii: "\""))
            guard appendEscaped(text, to: &mapped.fields) else {
                mapped.fields.removeSubrange(start...)
                return false
            }
            mapped.fields.append(UInt8(ascii: "\""))
            tallies[step.index].take(text)
        case .integer, .decimal:
            guard let digits = carriedNumber(text), digits.fraction == 0 || step.form == .decimal else { return false }
            mapped.fields.append(contentsOf: name)
            mapped.fields.append(contentsOf: text)
            tallies[step.index].take(text, digits: digits)
        case .boolean:
            guard isOrdinary(text), let value = words.value(text, among: step.words) else { return false }
            mapped.fields.append(contentsOf: name)
            let word: StaticString = value ? "true" : "false"
            word.withUTF8Buffer {
                mapped.fields.append(contentsOf: $0)
                tallies[step.index].take(UnsafeRawBufferPointer($0))
            }
            tallies[step.index].noteWord()
        case .date:
            guard isCarriedDate(text) else { return false }
            mapped.fields.append(contentsOf: name)
            mapped.fields.append(UInt8(ascii: "\""))
            mapped.fields.append(contentsOf: text)
            mapped.fields.append(UInt8(ascii: "\""))
            tallies[step.index].take(text)
        }
        return true
    }

    /// Neither blank nor a word that stands for nothing or for an error: see `TextRule`. Most cells are told apart by their first byte.
    @inline(__always)
    private func isOrdinary(_ text: UnsafeRawBufferPointer) -> Bool {
        guard let first = text.first else { return false }
        if first == UInt8(ascii: "n") { return !isNullWord(text) }
        if first == UInt8(ascii: "#") { return !isErrorWord(text) }
        if first > 0x20, first < 0x80 || !mayBeWhiteSpace(text) { return true }
        return !trimmingWhiteSpace(text).isEmpty
    }

    @inline(never)
    private mutating func mapByRules(
        _ plan: FieldPlan, _ row: borrowing SourceRow, _ bytes: UnsafeRawBufferPointer, into mapped: inout MappedRow,
        _ problems: inout [Rejection.Problem]
    ) {
        tallies[plan.index].processed += 1
        guard let choice = reader.choice(plan, row, bytes) else {
            // Invariant 6: absent is not null, so the field is left out of the change.
            tallies[plan.index].absent += 1
            mapped.isPartial = true
            if plan.mapping.isRequired { mapped.absentRequired.append(plan.index) }
            return
        }
        var notes = CoercionSet()
        let reading = Result { () throws(InvalidCell) in try reader.read(plan, choice, row, bytes, &notes) }
        tallies[plan.index].note(notes)
        if reader.isBlank(choice, row, bytes) { tallies[plan.index].empty += 1 }
        switch reading {
        case .success(let value?): if !carry(value, plan, into: &mapped) { invalid(.nulByte, plan, choice, row, bytes, into: &mapped, &problems) }
        case .success(nil):
            if plan.mapping.isRequired { refuse(plan, .required, &problems) } else { carryNull(plan, into: &mapped) }
        case .failure(let rule): invalid(rule, plan, choice, row, bytes, into: &mapped, &problems)
        }
    }

    /// `onInvalid` decides; a required field has no value to fall back to, so it refuses the row.
    private mutating func invalid(
        _ rule: InvalidCell, _ plan: FieldPlan, _ choice: ResolvedChoice, _ row: borrowing SourceRow, _ bytes: UnsafeRawBufferPointer,
        into mapped: inout MappedRow, _ problems: inout [Rejection.Problem]
    ) {
        switch plan.mapping.onInvalid {
        case .null where !plan.mapping.isRequired:
            tallies[plan.index].broken[rule, default: 0] += 1
            tallies[plan.index].nulled += 1
            carryNull(plan, into: &mapped)
        case .keep where plan.mapping.type == .text && rule != .nulByte:
            tallies[plan.index].broken[rule, default: 0] += 1
            tallies[plan.index].kept += 1
            if !carry(.text(reader.asItStands(choice, row, bytes)), plan, into: &mapped) { refuse(plan, .nulByte, in: choice, &problems) }
        case .keep where plan.mapping.type != .text && !plan.mapping.isRequired:
            tallies[plan.index].broken[rule, default: 0] += 1
            tallies[plan.index].kept += 1
            mapped.isPartial = true  // Invariant 6: absent is not null, so the target's own value stays.
        case .reject, .null, .keep: refuse(plan, rule, in: choice, &problems)
        }
    }

    @discardableResult
    private mutating func refuse(
        _ plan: FieldPlan, _ rule: InvalidCell, in choice: ResolvedChoice? = nil, _ problems: inout [Rejection.Problem]
    ) -> Bool {
        tallies[plan.index].broken[rule, default: 0] += 1
        tallies[plan.index].rejected += 1
        let cell = choice?.cells[0] ?? plan.cells[0]
        problems.append(Rejection.Problem(field: plan.mapping.to, column: cell, header: header.header[cell], rule: rule))
        return false
    }

    /// False when the value holds a NUL; then nothing was added.
    private mutating func carry(_ value: FieldValue, _ plan: FieldPlan, into mapped: inout MappedRow) -> Bool {
        let start = mapped.fields.count
        beginMember(plan, &mapped.fields)
        return value.bytes.withUnsafeBytes { bytes in
            guard append(value, bytes, to: &mapped.fields) else {
                mapped.fields.removeSubrange(start...)
                return false
            }
            tallies[plan.index].measure(bytes)
            if !value.isQuoted { tallies[plan.index].measureNumber(value.bytes) }
            return true
        }
    }

    private func carryNull(_ plan: FieldPlan, into mapped: inout MappedRow) {
        beginMember(plan, &mapped.fields)
        mapped.fields += Array("null".utf8)
    }

    @inline(__always)
    private func beginMember(_ plan: FieldPlan, _ json: inout [UInt8]) {
        if json.count > 1 { json.append(UInt8(ascii: ",")) }
        json.append(contentsOf: plan.member)
    }

    private func append(_ value: FieldValue, _ bytes: UnsafeRawBufferPointer, to json: inout [UInt8]) -> Bool {
        guard value.isQuoted else {
            json.append(contentsOf: bytes)
            return true
        }
        json.append(UInt8(ascii: "\""))
        guard appendEscaped(bytes, to: &json) else { return false }
        json.append(UInt8(ascii: "\""))
        return true
    }
}

/// `%`, `/` and `@` percent-encoded, as `RecordKey` does for one value.
func appendEncoded(_ value: [UInt8], to key: inout [UInt8]) {
    for byte in value {
        switch byte {
        case UInt8(ascii: "%"): key += Array("%25".utf8)
        case UInt8(ascii: "/"): key += Array("%2F".utf8)
        case UInt8(ascii: "@"): key += Array("%40".utf8)
        default: key.append(byte)
        }
    }
}
