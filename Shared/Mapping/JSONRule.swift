import JSONText
import Records

/// JSON, written again without spaces; names twice, trailing commas and the like are refused. A number or boolean cell is itself.
func readJSON(_ cell: CellContent) throws(InvalidCell) -> [UInt8] {
    switch cell.kind {
    case .number: return Array(try DecimalText(json: cell.bytes).text.utf8)
    case .boolean: return cell.bytes
    case .empty, .absent, .error: throw .notJSON
    case .text: break
    }
    do {
        let value = try JSONValue(parsing: cell.bytes)
        guard !value.holdsNUL else { throw InvalidCell.nulByte }
        return value.line()
    } catch let rule as InvalidCell {
        throw rule
    } catch {
        throw .notJSON
    }
}

extension JSONValue {
    /// PostgreSQL's jsonb refuses `\u0000` in texts and names.
    fileprivate var holdsNUL: Bool {
        switch self {
        case .string(let text): text.utf8.contains(0)
        case .array(let values): values.contains(where: \.holdsNUL)
        case .object(let object): object.members.contains { $0.name.utf8.contains(0) || $0.value.holdsNUL }
        case .null, .bool, .number: false
        }
    }
}
