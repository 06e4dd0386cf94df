import HTTPClient
import Mapping
import Pipelines
import Synchronization

/// Tables and queries of BigQuery, each asked for by itself and merged by key, so that one that fails takes none of the others with it.
///
/// `open` learns which columns the parts have, before any query runs; the first `rows` reads all parts, and later ones replay them.
public final class BigQuerySource: Source {
    public let kind = "bigquery"

    private struct Opened: Sendable {
        var plans: [PartPlan]
        var header: [String]
        var merged: MergedParts?
    }

    private let definition: BigQueryDefinition
    private let access: BigQueryAccess
    private let requests: SourceRequests
    private let opened = Mutex<Opened?>(nil)

    /// Reads the key file; asks nobody. Throws `SourceError` when the pipeline, the access or the key file cannot be right.
    public init(_ definition: BigQueryDefinition, access: BigQueryAccess) throws(SourceError) {
        let place = "BigQuery project \(definition.project)"
        let endpoint = definition.endpoint ?? access.endpoint
        let base = String((endpoint ?? "https://bigquery.googleapis.com").reversed().drop { $0 == "/" }.reversed())
        guard let origin = WebOrigin(base), origin.scheme == "https" || origin.isLoopback else {
            throw SourceError(.unusable, place: place, "the endpoint is no https address; expected https://bigquery.googleapis.com or nothing")
        }
        guard let credentials = definition.credentials ?? access.credentialsFile else {
            throw SourceError(
                .unusable, place: place,
                "no service account key; set `credentials:` in the pipeline or GOOGLE_APPLICATION_CREDENTIALS to the path of its key file")
        }
        let key = try ServiceAccountKey(path: credentials, allowsAnyTokenURI: endpoint != nil)
        var settings = HTTPSessionSettings(userAgent: access.userAgent)
        settings.proxy = access.proxy
        let session: HTTPSession
        do { session = try HTTPSession(settings) } catch { throw SourceError(.unreachable, place: place, "\(error)") }
        (self.definition, self.access) = (definition, access)
        requests = SourceRequests(
            session: session, credential: AccessTokens(key, for: .bigQuery, session, access.clock),
            quota: RequestQuota(perMinute: access.requestsPerMinute, clock: access.clock), clock: access.clock,
            api: SourceRequests.API(
                name: "BigQuery", endpoint: base, tooLarge: "narrow the query to the columns and rows that are needed",
                meaning: BigQueryAnswers(endpoint: base, clientEmail: key.clientEmail, location: definition.location).meaning),
            bounds: SourceRequests.Bounds(secondsMax: access.requestSecondsMax, bodyBytesMax: access.bodyBytesMax), place: place)
    }

    public func open() async throws -> [String] {
        let plans = try await eachPart(definition.parts) { [definition, access, requests] part in
            let jobs = BigQueryJobs(
                requests: requests.at("\(requests.place), part \(part.name)"), project: definition.project, location: definition.location, access: access)
            return try await PartPlan(part, jobs)
        }
        let header = plans.flatMap { plan in plan.columns.map(plan.part.header) }
        opened.withLock { $0 = Opened(plans: plans, header: header) }
        return header
    }

    public func rows(_ take: (borrowing SourceRow) throws -> Void) async throws -> ReadCertificate {
        try Task.checkCancellation()
        let merged = try await self.merged()
        var row = SourceRow()
        for index in 0..<merged.count {
            if index % 256 == 0 { try Task.checkCancellation() }
            merged.fill(&row, at: index)
            try take(row)
        }
        // Invariant 7: every part was read to the number of rows that BigQuery counted, or it is no proof of anything's absence.
        return ReadCertificate(
            rows: merged.count, pages: merged.reports.reduce(0) { $0 + $1.requests }, stamp: merged.stamp,
            isComplete: merged.reports.allSatisfy { $0.failure == nil }, parts: merged.reports)
    }

    public var rowsExpected: Int? { get async { opened.withLock { $0?.merged?.count } } }

    public var ratePlan: RatePlan? {
        get async {
            opened.withLock { $0 }.map { opened in
                RatePlan(requests: opened.plans.reduce(opened.plans.count) { $0 + $1.requests }, perMinute: access.requestsPerMinute)
            }
        }
    }

    public var remarks: [String] {
        get async {
            let plans = opened.withLock { $0?.plans } ?? []
            return plans.filter { !$0.lacking.isEmpty }.map { plan in
                "Part \(plan.part.name) has no column \(plan.lacking.joined(separator: ", ")); what else feeds the same fields is taken"
            }
        }
    }

    public func address(row: Int, column: Int?) -> String {
        let base = definition.parts.first(where: \.isBase)?.name ?? kind
        let header = opened.withLock { $0?.header } ?? []
        guard let column, header.indices.contains(column) else { return "row \(row) of \(base)" }
        return "\(header[column]), row \(row) of \(base)"
    }

    private func merged() async throws -> MergedParts {
        guard let opened = opened.withLock({ $0 }) else { throw SourceError(.unusable, place: requests.place, "was not opened") }
        if let merged = opened.merged { return merged }
        let parts = try await eachPart(opened.plans) { try await $0.read() }
        guard let base = parts.first(where: \.report.isBase)?.rows else {
            throw SourceError(.unreachable, place: requests.place, parts.first(where: \.report.isBase)?.report.failure ?? "has no base part")
        }
        let merged = MergedParts(parts, base: base)
        self.opened.withLock { $0?.merged = merged }
        return merged
    }
}

/// Does `work` for all parts at once, in so far as the quota allows, and gives the results in their order.
private func eachPart<Part: Sendable, Result: Sendable>(
    _ parts: [Part], _ work: @escaping @Sendable (Part) async throws -> Result
) async throws -> [Result] {
    try await withThrowingTaskGroup(of: (Int, Result).self) { group in
        for (place, part) in parts.enumerated() { group.addTask { (place, try await work(part)) } }
        var results = [Result?](repeating: nil, count: parts.count)
        for try await (place, result) in group { results[place] = result }
        return results.compactMap(\.self)
    }
}
