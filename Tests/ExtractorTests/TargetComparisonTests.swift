import Mapping
import Pipelines
import Postgres
import TestSupport
import Testing

@testable import Extractor

@Suite struct `Comparing rows with the target table` {
    /// PostgreSQL gives a function 100 arguments at most (FUNC_MAX_ARGS, SQLSTATE 54023); the buyers have 184 columns.
    @Test func `names each column that differs, of as many columns as a table may have`() async throws {
        let names = (1...300).map { "c\($0)" }
        let place = FilePlace(file: "wide.yaml", line: 1, column: 1)
        let columns = (["id"] + names).map { ColumnMapping(from: .header([$0], occurrence: nil), to: $0, type: .text, isRequired: $0 == "id", place: place) }
        let stream = StreamDefinition(name: "wide", table: "wide", key: ["id"], columns: columns, deletes: .ignore, guards: .standard, place: place)
        var mapper = RowMapper(stream: stream, header: try HeaderContract.resolve(["id"] + names, for: stream), zone: .utc)
        let rows = ["1", "2"].map { id in
            var row = SourceRow(), mapped = MappedRow()
            row.begin(number: 2)
            for text in [id] + names.map({ "value of \($0)" }) { row.append(.text, text.utf8) }
            let outcome = mapper.map(row, into: &mapped)
            guard case .mapped = outcome else {
                Issue.record("The row was not mapped: \(outcome)")
                return TargetComparison.Row(mapped)
            }
            return TargetComparison.Row(mapped)
        }
        try await ScratchDatabase.with { database in
            let session = try database.session()
            try session.runScript("CREATE TABLE wide (id text PRIMARY KEY, \(names.map { "\($0) text" }.joined(separator: ", ")))")
            try session.runScript("INSERT INTO wide SELECT '1', \(names.map { "'value of \($0)'" }.joined(separator: ", "))")
            let comparison = TargetComparison(stream, zone: "UTC")
            #expect(try comparison.differences(rows, session) == [[], nil])
            try session.runScript("UPDATE wide SET c7 = 'x', c300 = NULL")
            #expect(try comparison.differences(rows, session)[0].map(Set.init) == ["c7", "c300"])
        }
    }
}
