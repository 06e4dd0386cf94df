import HTTPServer
import JSONText
import Synchronization

/// What a stand-in of BigQuery knows and decides. It evaluates no SQL: the rows of an answer are those of the table that the query names, in
/// the columns it selects in backticks; everything that BigQuery checks of a request, it checks.
final class BigQueryDesk: Sendable {
    struct State: Sendable {
        var tables: [WarehouseTable] = []
        var jobs: [String: BigQueryJob] = [:]
        /// Jobs by the request that made them: the same request makes no second one.
        var requests: [String: String] = [:]
        var tokens = StandInTokens(scopes: ["bigquery", "cloud-platform", "cloud-platform.read-only"].map { "https://www.googleapis.com/auth/\($0)" })
        var faults: [(step: BigQueryStandIn.Step, table: String?, fault: BigQueryFault, times: Int)] = []
        var incompleteAnswers = 0
        var pageRowsMax = Int.max
        var rowsMissing = 0
        var tellsColumnsOfQueries = true
        var afterEach: (@Sendable (Int) -> Void)?
        var log: [String] = []
        var queries: [String] = []
    }
    let state = Mutex(State())
    let project: String
    let clientEmail: String

    init(project: String, clientEmail: String) { (self.project, self.clientEmail) = (project, clientEmail) }

    func answer(_ request: ServerRequest) -> ServerResponse {
        let (response, hook, count) = state.withLock { state -> (ServerResponse, (@Sendable (Int) -> Void)?, Int) in
            if request.path == "/token" { return (state.tokens.answer(request, clientEmail), nil, 0) }
            state.log.append("\(request.method) \(request.path)\(request.rawQuery.isEmpty ? "" : "?\(request.rawQuery)")")
            guard state.tokens.admit(request) else {
                return (bigQueryError(401, reason: "authError", "Request had invalid authentication credentials."), nil, 0)
            }
            return (dataAnswer(request, &state), state.afterEach, state.log.count)
        }
        hook?(count)  // Outside of the lock: it turns dials.
        return response
    }

    private func dataAnswer(_ request: ServerRequest, _ state: inout State) -> ServerResponse {
        let words = request.path.split(separator: "/").map(String.init)
        guard words.count >= 5, words.starts(with: ["bigquery", "v2", "projects"]) else { return SheetsFault.htmlNotFound.answer(insteadOf: ServerResponse()) }
        guard words[3] == project else { return bigQueryError(404, reason: "notFound", "Not found: Project \(words[3])") }
        switch (request.method, words[4], words.count) {
        case ("GET", "datasets", 8): return table("\(words[5]).\(words[7])", &state)
        case ("POST", "queries", 5): return query(request, &state)
        case ("GET", "queries", 6): return results(words[5], request, &state)
        default: return SheetsFault.htmlNotFound.answer(insteadOf: ServerResponse())
        }
    }

    private func table(_ name: String, _ state: inout State) -> ServerResponse {
        guard let table = state.tables.first(where: { $0.name == name }) else {
            return faulty(.describe, name, bigQueryError(404, reason: "notFound", "Not found: Table \(project):\(name)"), &state)
        }
        let object: JSONObject = [
            "kind": "bigquery#table", "id": .string("\(project):\(name)"), "schema": ["fields": .array(table.columns.map(\.json))],
            "numRows": .string(String(table.rows.count)), "numBytes": .string(String(table.rows.count * 100)), "type": "TABLE",
            "location": .string(table.location),
        ]
        return faulty(.describe, name, json(JSONValue.object(object)), &state)
    }

    private func query(_ request: ServerRequest, _ state: inout State) -> ServerResponse {
        guard case .object(let body)? = try? JSONValue(parsing: request.body), case .string(let text)? = body["query"] else {
            return bigQueryError(400, reason: "invalid", "Required parameter is missing: query")
        }
        // Legacy SQL is what one gets without asking, and it takes no backticks.
        guard body["useLegacySql"] == false else {
            return bigQueryError(
                400, reason: "invalidQuery",
                "Invalid table name: `x` [Try using standard SQL (https://cloud.google.com/bigquery/docs/reference/standard-sql/enabling-standard-sql)].")
        }
        let id: String
        if case .string(let text)? = body["requestId"] { id = text } else { id = "" }
        guard id.utf8.count <= 36, id.utf8.allSatisfy({ $0 < 0x80 }) else { return bigQueryError(400, reason: "invalid", "Invalid value for requestId") }
        let isDry = body["dryRun"] == true
        guard let table = state.tables.first(where: { text.contains($0.name) }) else {
            return bigQueryError(404, reason: "notFound", "Not found: Table \(project):unknown was not found in location us-west1")
        }
        if !isDry { state.queries.append(text) }
        let step = isDry ? BigQueryStandIn.Step.describe : .query
        guard case .string(let location)? = body["location"], location.lowercased() == table.location.lowercased() else {
            return bigQueryError(
                404, reason: "notFound", "Not found: Dataset \(project):\(table.dataset) was not found in location \(body["location"]?.text ?? "US")")
        }
        do throws(BigQueryJob.Problem) {
            let answer = try BigQueryJob.Answer(text, table)
            if isDry {
                var dry: JSONObject = [
                    "kind": "bigquery#queryResponse", "jobComplete": true, "totalBytesProcessed": "0", "jobReference": ["projectId": .string(project)],
                ]
                if state.tellsColumnsOfQueries { dry["schema"] = ["fields": .array(answer.columns.map(\.json))] }
                return faulty(step, table.name, json(JSONValue.object(dry)), &state)
            }
            var name = state.requests[id] ?? ""
            if name.isEmpty {
                name = "job_\(state.jobs.count + 1)-\(table.dataset)"
                let form = WireForm(hasMicroseconds: body["formatOptions"]?.member("useInt64Timestamp") == true)
                state.jobs[name] = BigQueryJob(
                    name: name, table: table.name, location: table.location, answer: answer, form: form, pendingAnswers: state.incompleteAnswers)
                if !id.isEmpty { state.requests[id] = name }
            }
            let rowsMax = min(state.pageRowsMax, body["maxResults"]?.text.flatMap { Int($0) } ?? .max)
            return faulty(step, table.name, page(name, from: 0, rowsMax: rowsMax, &state), &state)
        } catch {
            return bigQueryError(400, reason: "invalidQuery", error.message)
        }
    }

    private func results(_ name: String, _ request: ServerRequest, _ state: inout State) -> ServerResponse {
        let items = request.queryItems() ?? []
        func item(_ name: String) -> String? { items.first { $0.name == name }?.value }
        guard let job = state.jobs[name], item("location")?.lowercased() == job.location.lowercased() else {
            return bigQueryError(404, reason: "notFound", "Not found: Job \(project):\(name)")
        }
        guard (item("formatOptions.useInt64Timestamp") == "true") == job.form.hasMicroseconds else {
            return bigQueryError(400, reason: "invalid", "The stand-in expects one form of values for all pages")
        }
        var start = 0
        if let token = item("pageToken") {
            guard let place = job.place(ofToken: token) else { return bigQueryError(400, reason: "invalid", "Invalid page token") }
            start = place
        }
        let rowsMax = min(state.pageRowsMax, item("maxResults").flatMap { Int($0) } ?? .max)
        return faulty(.results, job.table, page(name, from: start, rowsMax: rowsMax, &state), &state)
    }

    private func page(_ name: String, from start: Int, rowsMax: Int, _ state: inout State) -> ServerResponse {
        guard var job = state.jobs[name] else { return bigQueryError(404, reason: "notFound", "Not found: Job \(project):\(name)") }
        let bytes = job.page(from: start, rowsMax: rowsMax, project: project, rowsMissing: state.rowsMissing)
        state.jobs[name] = job
        return json(bytes)
    }

    /// The answer, or the first fault that waits for this step and table.
    private func faulty(_ step: BigQueryStandIn.Step, _ table: String, _ sound: ServerResponse, _ state: inout State) -> ServerResponse {
        guard let index = state.faults.firstIndex(where: { $0.step == step && ($0.table ?? table) == table && $0.times > 0 }) else { return sound }
        if state.faults[index].times != .max { state.faults[index].times -= 1 }
        return state.faults[index].fault.answer(insteadOf: sound)
    }

    private func json(_ value: JSONValue) -> ServerResponse {
        var writer = JSONWriter()
        writer.value(value)
        return TestSupport.json(writer.bytes)
    }

    private func json(_ bytes: [UInt8]) -> ServerResponse { TestSupport.json(bytes) }
}

extension JSONValue {
    fileprivate func member(_ name: String) -> JSONValue? { if case .object(let object) = self { object[name] } else { nil } }

    fileprivate var text: String? {
        switch self {
        case .string(let text), .number(let text): text
        case .null, .bool, .array, .object: nil
        }
    }
}
