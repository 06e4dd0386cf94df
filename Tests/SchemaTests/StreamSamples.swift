import Mapping
import Pipelines

let place = FilePlace(file: "a.yaml", line: 7, column: 3)

/// A column of a pipeline, read from a header of the same name.
func column(_ name: String, _ type: FieldType = .text, required: Bool = false, fallback: String? = nil) -> ColumnMapping {
    ColumnMapping(from: .header([name], occurrence: nil), to: name, type: type, isRequired: required, fallback: fallback, place: place)
}

func stream(table: String = "items", key: [String] = ["id"], _ columns: [ColumnMapping], deletes: Deletes = .ignore) -> StreamDefinition {
    StreamDefinition(name: "items", table: table, key: key, columns: key.map { column($0, required: true) } + columns, deletes: deletes, place: place)
}

/// What a mapper counts when these texts stand in the column of this header.
func tallies(of texts: [String?], as column: ColumnMapping, limit: Int? = nil) throws -> [FieldTally] {
    let stream = stream([column])
    let header = try HeaderContract.resolve(["id", column.to], for: stream)
    var mapper = RowMapper(stream: stream, header: header, zone: .utc, limits: limit.map { [column.to: $0] } ?? [:])
    var row = SourceRow()
    var mapped = MappedRow()
    for (number, text) in texts.enumerated() {
        row.begin(number: number + 2)
        row.append(.text, "k\(number)".utf8)
        if let text { row.append(.text, text.utf8) } else { row.appendEmpty() }
        _ = mapper.map(row, into: &mapped)
    }
    return mapper.tallies
}
