import Pipelines

/// What is known of a part before its rows are read: what of the mapping it has, and how it will be asked.
struct PartPlan: Sendable {
    let part: BigQueryPart
    let jobs: BigQueryJobs
    /// Mapped columns that the part has, or, where it could not be asked, all.
    private(set) var columns: [String]
    private(set) var lacking: [String] = []
    private(set) var query: PartQuery?
    /// Why it can't be read.
    private(set) var failure: String?
    /// Requests that reading it will take, about.
    private(set) var requests = 1

    /// How much of a table fits into one page of an answer (https://cloud.google.com/bigquery/docs/paging-results).
    private static let pageBytes = 10_000_000

    /// Asks for the part's columns.
    /// - Throws: `SourceError` of the base, which nothing replaces; of another part it becomes the plan's failure.
    init(_ part: BigQueryPart, _ jobs: BigQueryJobs) async throws {
        (self.part, self.jobs, columns) = (part, jobs, part.columns)
        do {
            switch part.origin {
            case .table(let name, let filter, let newest): try await plan(table: name, filter, newest)
            case .query(let text):
                let query = PartQuery(text)
                if let fields = try await jobs.columns(of: query) { keep(fields) }
                self.query = query
            }
        } catch let error as SourceError where !part.isBase {
            failure = error.problem
        }
    }

    private mutating func plan(table name: String, _ filter: String?, _ newest: String?) async throws {
        let table = try await jobs.table(name), place = jobs.requests.place
        guard table.location.isEmpty || table.location.lowercased() == jobs.location.lowercased() else {
            throw SourceError(
                .unusable, place: place,
                "the data set of \(name) is in \(table.location), and the pipeline says `location: \(jobs.location)`; correct it, no other is tried")
        }
        for needed in [part.key, newest].compactMap(\.self) where !table.fields.contains(where: { $0.isNamed(needed) }) {
            throw SourceError(
                .unusable, place: place, "the table \(name) has no column `\(needed)`; it has \(table.fields.prefix(20).map(\.name).joined(separator: ", "))")
        }
        keep(table.fields)
        requests = 1 + (table.bytes ?? 0) / Self.pageBytes
        func spelled(_ column: String) -> String { table.fields.first { $0.isNamed(column) }?.name ?? column }
        query = PartQuery(
            table: name, project: jobs.project, key: spelled(part.key), columns: columns.map(spelled), filter: filter, newest: newest.map(spelled))
    }

    private mutating func keep(_ fields: [BigQueryField]) {
        lacking = columns.filter { column in !fields.contains { $0.isNamed(column) } }
        columns = columns.filter { column in fields.contains { $0.isNamed(column) } }
    }

    /// Reads the part's rows.
    /// - Throws: `SourceError` of the base, `CancellationError`.
    func read() async throws -> MergedParts.Part {
        var part = MergedParts.Part(report: PartReport(name: self.part.name, isBase: self.part.isBase), width: columns.count)
        (part.report.lacking, part.report.failure) = (lacking, failure)
        if let query, failure == nil {
            do {
                let rows = try await jobs.rows(of: query, key: self.part.key, columns: columns)
                // The header was made by what the part was said to have.
                if rows.columns == columns { part.rows = rows } else { part.report.failure = "its answer lacks columns that it was said to have" }
            } catch let error as SourceError where !self.part.isBase {
                part.report.failure = error.problem
            }
        }
        part.report.requests = jobs.requests.tally.count
        return part
    }
}
