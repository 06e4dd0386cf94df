import Mapping
import Pipelines
import Records

/// A stream's mapper with the row it mapped last, whole and, in a run over some fields, with those fields only.
struct StreamMapping: Sendable {
    private var mapper: RowMapper
    private(set) var whole = MappedRow()
    private var partialMapper: RowMapper?
    private(set) var partial = MappedRow()

    /// - Parameter fields: the columns asked for; nil: all.
    /// - Throws: `HeaderError` when a mapped header is missing or ambiguous.
    init(_ stream: StreamDefinition, header: [String], zone: ZoneRules, fields: [String]?, limits: [String: Int] = [:]) throws {
        mapper = RowMapper(stream: stream, header: try HeaderContract.resolve(header, for: stream), zone: zone, limits: limits)
        if let fields {
            let restricted = stream.restricted(to: fields)
            partialMapper = RowMapper(stream: restricted, header: try HeaderContract.resolve(header, for: restricted), zone: zone)
        }
    }

    /// What happened to each field so far.
    var fields: [FieldTally] { mapper.tallies }
    var header: ResolvedHeader { mapper.header }
    var columnsToShow: Set<Int> { mapper.columnsToShow }

    /// Of the fields asked for; nil when all are.
    var partialHash: UInt64? { partialMapper == nil ? nil : partial.hash.rawValue }

    mutating func map(_ row: borrowing SourceRow) -> MapOutcome {
        let outcome = mapper.map(row, into: &whole)
        guard case .mapped = outcome, partialMapper != nil else { return outcome }
        // A row that maps whole maps in part.
        return partialMapper?.map(row, into: &partial) ?? outcome
    }
}

extension StreamDefinition {
    /// The same stream with the key and these columns only.
    func restricted(to fields: [String]) -> StreamDefinition {
        let wanted = (key + fields).map { Array($0.utf8) }
        return StreamDefinition(
            name: name, table: table, key: key, batch: batch, columns: columns.filter { wanted.contains(Array($0.to.utf8)) }, deletes: deletes,
            guards: guards, feed: feed, after: after, place: place)
    }
}
