import FoundationEssentials
import JSONText
import Mapping

/// Runs queries and reads their answers to the last page; one value serves one part.
struct BigQueryJobs: Sendable {
    let requests: SourceRequests
    let project: String
    let location: String
    let access: BigQueryAccess

    /// A job that was lost is made anew so often.
    private static let jobsMax = 4
    /// How long BigQuery may hold back an answer to wait for the job, for each request.
    private static let waitMilliseconds = 10_000

    private var path: String { "/bigquery/v2/projects/\(percentEncoded(project))" }

    /// A table's columns and where it lives.
    /// - Parameter name: `dataset.table` or `project.dataset.table`.
    func table(_ name: String) async throws -> TableFacts {
        let words = name.split(separator: ".").map { percentEncoded(String($0)) }
        let project = words.count == 3 ? words[0] : percentEncoded(self.project)
        return try await told {
            try await requests.get("/bigquery/v2/projects/\(project)/datasets/\(words[words.count - 2])/tables/\(words[words.count - 1])?prettyPrint=false") {
                body throws(JSONScan.Problem) in try TableFacts(body)
            }
        }
    }

    /// Asks whether a query can run, which costs nothing and reads nothing.
    /// - Returns: the columns it would give; nil when BigQuery does not say.
    func columns(of query: PartQuery) async throws -> [BigQueryField]? {
        try await told {
            try await requests.post(path + "/queries?prettyPrint=false", queryBody(query, isDry: true)) { body throws(JSONScan.Problem) in
                guard case .object(let answer)? = try? JSONValue(parsing: body) else { throw JSONScan.Problem(offset: body.count, expected: "an object") }
                guard case .object(let schema)? = answer["schema"], let fields = BigQueryField.list(schema["fields"]), !fields.isEmpty else { return nil }
                return fields
            }
        }
    }

    /// Every row of a query's answer.
    func rows(of query: PartQuery, key: String, columns: [String]) async throws -> PartRows {
        var jobs = 0
        while true {
            jobs += 1
            do { return try await told { try await job(query, key: key, columns: columns) } } catch let lost as JobLost {
                let pause = RetryPause.before(nextAfter: jobs, .trouble, retryAfterSeconds: nil, random: access.clock.random())
                guard jobs < Self.jobsMax, let pause else {
                    throw SourceError(.unreachable, place: requests.place, "BigQuery lost the job: \(lost.why); given up after \(jobs) jobs")
                }
                try await access.clock.sleep(pause)
            }
        }
    }

    private func job(_ query: PartQuery, key: String, columns: [String]) async throws -> PartRows {
        let deadline = access.clock.elapsed() + .seconds(access.querySecondsMax)
        var answer = try await requests.post(path + "/queries?prettyPrint=false", queryBody(query, isDry: false), QueryAnswer.init)
        let job = answer.jobID
        var pause = Duration.milliseconds(100)
        while !answer.isComplete {
            guard access.clock.elapsed() < deadline else {
                throw SourceError(
                    .unreachable, place: requests.place,
                    "the query was not done in \(access.querySecondsMax) seconds; narrow it, or run again when BigQuery is less busy")
            }
            // Each answer has waited for the job already; the pause keeps a server that does not wait from being asked without end.
            try await access.clock.sleep(pause)
            pause = min(pause * 2, .seconds(8))
            answer = try await results(of: job, page: nil)
        }
        guard let schema = answer.schema, let total = answer.totalRows else { throw JobLost(why: "it ended without schema or totalRows") }
        var builder = try PartBuilder(schema, key: key, columns: columns, place: requests.place, bytesMax: access.partBytesMax)
        var pages = Set<String>()
        while true {
            try builder.take(answer)
            guard let token = answer.pageToken, !token.isEmpty else { break }
            guard pages.insert(token).inserted else { throw JobLost(why: "a page came twice") }
            answer = try await results(of: job, page: token)
            guard answer.isComplete, answer.totalRows == total else { throw JobLost(why: "its pages do not agree on the number of rows") }
        }
        // Invariant 7: no page without a token is proof; the number of rows that BigQuery counted is.
        guard builder.rows.count == total else { throw JobLost(why: "it has \(total) rows and gave \(builder.rows.count)") }
        return builder.rows
    }

    /// The job's answer so far, or one page of it.
    private func results(of job: String, page: String?) async throws -> QueryAnswer {
        var query = "?location=\(percentEncoded(location))&timeoutMs=\(Self.waitMilliseconds)&formatOptions.useInt64Timestamp=true&prettyPrint=false"
        if let rows = access.pageRowsMax { query += "&maxResults=\(rows)" }
        if let page { query += "&pageToken=\(percentEncoded(page))" }
        do {
            return try await requests.get("\(path)/queries/\(percentEncoded(job))\(query)", QueryAnswer.init)
        } catch let refusal as BigQueryRefusal where refusal.reason == "notFound" || refusal.reason == "invalid" {
            // A job or page that was there a moment ago has expired: nothing is wrong with the query.
            throw JobLost(why: "its answer is no longer there (\(refusal.reason))")
        }
    }

    private func queryBody(_ query: PartQuery, isDry: Bool) -> [UInt8] {
        var json = JSONWriter(reservingCapacity: query.text.utf8.count + 512)
        json.object { json in
            json.member("query", query.text)
            json.member("useLegacySql", false)
            json.member("location", location)
            if isDry {
                json.member("dryRun", true)
            } else {
                // A request that is sent again finds the job of the first, and makes no second.
                json.member("requestId", UUID().uuidString)
                json.member("timeoutMs", Self.waitMilliseconds)
                json.member("jobTimeoutMs", String(access.querySecondsMax * 1000))
                if let rows = access.pageRowsMax { json.member("maxResults", rows) }
                json.object("formatOptions") { $0.member("useInt64Timestamp", true) }
            }
        }
        return json.bytes
    }

    /// A refusal is told by its error.
    private func told<Value>(_ work: () async throws -> Value) async throws -> Value {
        do { return try await work() } catch let refusal as BigQueryRefusal { throw refusal.error }
    }
}
