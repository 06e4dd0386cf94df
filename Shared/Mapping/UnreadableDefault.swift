import Pipelines

/// A `default:` that its own column's rules refuse; every blank cell would meet it.
public struct UnreadableDefault: Sendable {
    public let mapping: ColumnMapping
    public let rule: InvalidCell

    /// All of a stream's, in the order of the pipeline file.
    public static func all(in stream: StreamDefinition) -> [UnreadableDefault] {
        let reader = FieldReader(zone: .utc)
        var blank = SourceRow()
        blank.appendEmpty()
        return stream.columns.filter { $0.fallback != nil }.compactMap { mapping in
            let column = ResolvedColumn(mapping: mapping, choices: [ResolvedChoice(cells: [0])], inexact: [])
            let plan = FieldPlan(column, index: 0, header: mapping.from.headers, isKey: false)
            var notes = CoercionSet()
            do throws(InvalidCell) {
                _ = try reader.read(plan, plan.choices[0], blank, UnsafeRawBufferPointer(start: nil, count: 0), &notes)
                return nil
            } catch {
                return UnreadableDefault(mapping: mapping, rule: error)
            }
        }
    }
}
