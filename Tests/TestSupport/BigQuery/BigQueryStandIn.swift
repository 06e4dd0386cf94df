import FoundationEssentials
import HTTPServer
import JSONText
import Synchronization

/// A BigQuery that speaks the real protocol on a free port of this machine: tokens by signed assertion, tables.get, jobs.query with dry runs,
/// jobs.getQueryResults, errors in BigQuery's shapes. It runs no SQL; see `WarehouseTable`.
///
/// Written from https://cloud.google.com/bigquery/docs/reference/rest; what it does not know, it refuses.
public final class BigQueryStandIn: Sendable {
    /// What a request is about.
    public enum Step: Sendable { case describe, query, results }

    public let project = "stand-in"
    /// What a pipeline's `endpoint:` must say: `http://127.0.0.1:12345`.
    public let url: String
    /// A key file as Google hands it out, whose `token_uri` is this stand-in. Gone after `stop`.
    public let credentialsFile: String
    public let clientEmail = "reader@stand-in.iam.gserviceaccount.com"

    private let desk: BigQueryDesk
    private let listener: HTTPListener
    private let folder: URL

    /// Serves from the moment it is made.
    /// - Parameter port: 0: a free one.
    public init(_ tables: [WarehouseTable], port: UInt16 = 0) throws {
        let desk = BigQueryDesk(project: project, clientEmail: clientEmail)
        desk.state.withLock { $0.tables = tables }
        var settings = HTTPListenerSettings()
        settings.port = port
        listener = try HTTPListener(settings) { request in desk.answer(request) }
        self.desk = desk
        url = "http://127.0.0.1:\(listener.port)"
        folder = FileManager.default.temporaryDirectory.appending(path: "rollcall-bigquery-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        credentialsFile = folder.appending(path: "service-account.json").path(percentEncoded: false)
        try Data(try StandInKey.file(clientEmail: clientEmail, tokenURI: url + "/token")).write(to: URL(filePath: credentialsFile))
    }

    /// Frees the port and removes the key file.
    public func stop() async {
        await listener.stop(deadline: .seconds(1))
        try? FileManager.default.removeItem(at: folder)  // A file left under /tmp fails no test.
    }

    // MARK: What people do to the tables, and what goes wrong

    /// Changes the tables as people do between two queries.
    public func edit(_ change: @Sendable (inout [WarehouseTable]) -> Void) { desk.state.withLock { change(&$0.tables) } }

    /// The next requests of this step, about this table if one is named, meet the fault; `.max` times is for ever.
    public func fail(_ fault: BigQueryFault, on step: Step = .query, table: String? = nil, times: Int = 1) {
        desk.state.withLock { $0.faults.append((step, table, fault, times)) }
    }

    /// No fault waits any more.
    public func heal() { desk.state.withLock { $0.faults = [] } }

    /// So many answers about each new job say that it still runs.
    public func keepRunning(answers: Int) { desk.state.withLock { $0.incompleteAnswers = answers } }

    /// At most so many rows in one page.
    public func cutPages(rowsMax: Int) { desk.state.withLock { $0.pageRowsMax = rowsMax } }

    /// The last rows of every answer are not given, though they are counted.
    public func lose(rows: Int) { desk.state.withLock { $0.rowsMissing = rows } }

    /// Whether dry runs tell the columns of a query.
    public func tellColumnsOfQueries(_ tells: Bool) { desk.state.withLock { $0.tellsColumnsOfQueries = tells } }

    /// Every token handed out so far is worth nothing from now on.
    public func revokeTokens() { desk.state.withLock { $0.tokens.revoke() } }
    /// No request is served with any token.
    public func refuseAllTokens(_ refused: Bool = true) { desk.state.withLock { $0.tokens.refusesAll = refused } }
    /// All jobs and their answers are gone, as after a day.
    public func expireJobs() { desk.state.withLock { ($0.jobs, $0.requests) = ([:], [:]) } }

    /// Runs after each answered request, with the count of requests from 1.
    public func afterEachRequest(_ hook: (@Sendable (Int) -> Void)?) { desk.state.withLock { $0.afterEach = hook } }

    /// The requests so far but those for tokens, as method and path with query, oldest first.
    public var log: [String] { desk.state.withLock { $0.log } }
    /// The queries so far, dry runs left out.
    public var queries: [String] { desk.state.withLock { $0.queries } }
    public var tokensIssued: Int { desk.state.withLock { $0.tokens.issued } }
    /// Jobs made.
    public var jobs: Int { desk.state.withLock { $0.jobs.count } }
}

/// Runs `body` with a stand-in that is stopped whatever happens.
public func withBigQueryStandIn<Result>(_ tables: [WarehouseTable], _ body: (BigQueryStandIn) async throws -> Result) async throws -> Result {
    let google = try BigQueryStandIn(tables)
    do {
        let result = try await body(google)
        await google.stop()
        return result
    } catch {
        await google.stop()
        throw error
    }
}
