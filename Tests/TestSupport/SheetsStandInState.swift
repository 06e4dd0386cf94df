import FoundationEssentials
import HTTPServer
import JSONText
import SampleData

/// What a stand-in knows and decides; the lock around it is `SheetsStandIn`'s.
struct SheetsStandInState: Sendable {
    var grids: [SheetGrid]
    /// Answers by address, since a large sheet takes a while to write; an edit forgets them.
    var rendered: [String: [UInt8]] = [:]
    let readsPerMinute: Int?
    var faults: [SheetsFault] = []
    var lastingFault: SheetsFault?
    var tokens = StandInTokens(scopes: ["spreadsheets.readonly", "spreadsheets", "drive.readonly"].map { "https://www.googleapis.com/auth/\($0)" })
    var isShared = true
    var afterRead: (@Sendable (Int) -> Void)?
    var log: [String] = []
    var reads = 0
    private var readMoments: [ContinuousClock.Instant] = []

    init(grids: [SheetGrid], readsPerMinute: Int?) { (self.grids, self.readsPerMinute) = (grids, readsPerMinute) }

    // MARK: Data

    mutating func dataAnswer(_ request: ServerRequest, _ spreadsheet: String) -> ServerResponse {
        let sound = soundAnswer(request, spreadsheet)
        if !faults.isEmpty { return faults.removeFirst().answer(insteadOf: sound) }
        return lastingFault?.answer(insteadOf: sound) ?? sound
    }

    private mutating func soundAnswer(_ request: ServerRequest, _ spreadsheet: String) -> ServerResponse {
        guard request.method == "GET", request.path.hasPrefix("/v4/spreadsheets/") else { return SheetsFault.htmlNotFound.answer(insteadOf: ServerResponse()) }
        guard tokens.admit(request) else {
            return googleError(401, message: "Request had invalid authentication credentials. Expected OAuth 2 access token.")
        }
        guard takeQuota() else { return SheetsFault.status(429).answer(insteadOf: ServerResponse()) }
        let path = request.path.dropFirst("/v4/spreadsheets/".count)
        let id = path.prefix { $0 != "/" && $0 != "?" }
        guard id == spreadsheet else { return googleError(404, message: "Requested entity was not found.") }
        guard isShared else { return googleError(403, message: "The caller does not have permission") }
        guard let query = request.queryItems() else { return googleError(400, message: "Invalid query") }
        let key = "\(request.path)?\(request.rawQuery)"
        if let known = rendered[key] { return json(known) }
        do throws(SheetsRequestProblem) {
            let body = try answer(String(path.dropFirst(id.count)), query)
            rendered[key] = body
            return json(body)
        } catch {
            return googleError(400, message: error.message)
        }
    }

    private func answer(_ path: String, _ query: [(name: String, value: String)]) throws(SheetsRequestProblem) -> [UInt8] {
        if path.isEmpty { return titles(grids) }
        let form = try SheetsForm(query)
        if path == "/values:batchGet" {
            var blocks: [SheetBlock] = []
            for (name, value) in query where name == "ranges" { blocks.append(try SheetBlock(value, in: grids)) }
            var writer = JSONWriter()
            writer.object { writer in
                writer.member("spreadsheetId", "stand-in")
                writer.array("valueRanges") { writer in for block in blocks { block.write(form, to: &writer) } }
            }
            return writer.bytes
        }
        guard path.hasPrefix("/values/") else { throw SheetsRequestProblem(message: "Unknown path") }
        var writer = JSONWriter(reservingCapacity: 1 << 20)
        try SheetBlock(String(path.dropFirst("/values/".count)), in: grids).write(form, to: &writer)
        return writer.bytes
    }

    private mutating func takeQuota() -> Bool {
        guard let readsPerMinute else { return true }
        let now = ContinuousClock.now
        readMoments.removeAll { now - $0 >= .seconds(60) }
        readMoments.append(now)  // Refused requests count as well.
        return readMoments.count <= readsPerMinute
    }
}

private func titles(_ grids: [SheetGrid]) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
        writer.array("sheets") { writer in
            for grid in grids { writer.object { $0.object("properties") { $0.member("title", grid.tab) } } }
        }
    }
    return writer.bytes
}

func json(_ body: [UInt8]) -> ServerResponse {
    ServerResponse(headers: ServerHeaders([("Content-Type", "application/json; charset=UTF-8")]), body: .bytes(body))
}

/// An error as Google's APIs give it (https://cloud.google.com/apis/design/errors#http_mapping).
func googleError(_ status: Int, message: String, reason: String? = nil) -> ServerResponse {
    let words = [
        400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 429: "RESOURCE_EXHAUSTED", 500: "INTERNAL",
        503: "UNAVAILABLE",
    ]
    var writer = JSONWriter()
    writer.object { writer in
        writer.object("error") { error in
            error.member("code", status)
            error.member("message", message)
            error.member("status", words[status] ?? "UNKNOWN")
            guard let reason else { return }
            error.array("details") { details in
                details.object {
                    $0.member("@type", "type.googleapis.com/google.rpc.ErrorInfo")
                    $0.member("reason", reason)
                    $0.member("domain", "googleapis.com")
                }
            }
        }
    }
    return ServerResponse(status: status, headers: ServerHeaders([("Content-Type", "application/json; charset=UTF-8")]), body: .bytes(writer.bytes))
}
