import JSONText

/// One answer of jobs.query or jobs.getQueryResults, checked to its end; its rows are still text.
struct QueryAnswer: Sendable {
    let body: [UInt8]
    private(set) var isComplete = false
    private(set) var jobID = ""
    /// Of all pages together; nil while the job runs.
    private(set) var totalRows: Int?
    private(set) var pageToken: String?
    private(set) var schema: [BigQueryField]?
    /// Where the list of rows begins; nil when there is none.
    private(set) var rowsStart: Int?

    /// A record may hold records, fifteen deep, and each level is four of JSON.
    private static let depthMax = 100

    init(_ body: [UInt8]) throws(JSONScan.Problem) {
        try checkUTF8(body.span)
        self.body = body
        var scan = JSONScan()
        var members: [(name: Range<Int>, value: Range<Int>)] = []
        try scan.object(body.span) { (scan, name) throws(JSONScan.Problem) in
            let start = scan.position
            try scan.skipValue(body.span, depthMax: Self.depthMax)
            members.append((name, start..<scan.position))
        }
        try scan.expectEnd(body.span)
        for (name, value) in members { try take(name, value) }
        guard isComplete || !jobID.isEmpty else { throw JSONScan.Problem(offset: body.count, expected: "a jobReference") }
    }

    private mutating func take(_ name: Range<Int>, _ value: Range<Int>) throws(JSONScan.Problem) {
        let body = body, text = body.span
        if spells(text, name, "rows") { return rowsStart = value.lowerBound }
        if spells(text, name, "jobComplete") { return isComplete = try parsed(value) == true }
        if spells(text, name, "pageToken") { return pageToken = try parsed(value).text }
        if spells(text, name, "totalRows") { return totalRows = Int(try parsed(value).text ?? "") }
        if spells(text, name, "jobReference"), case .object(let reference) = try parsed(value) { jobID = reference["jobId"]?.text ?? "" }
        if spells(text, name, "schema"), case .object(let schema) = try parsed(value) {
            guard let fields = BigQueryField.list(schema["fields"]) else { throw JSONScan.Problem(offset: value.lowerBound, expected: "a schema") }
            self.schema = fields
        }
    }

    private func parsed(_ value: Range<Int>) throws(JSONScan.Problem) -> JSONValue {
        do { return try JSONValue(parsing: Array(body[value])) } catch { throw JSONScan.Problem(offset: value.lowerBound, expected: "JSON") }
    }

    /// Calls `row` at each row; it must consume it.
    /// - Returns: how many there were.
    func rows(_ row: (inout JSONScan) throws(JSONScan.Problem) -> Void) throws(JSONScan.Problem) -> Int {
        guard let rowsStart else { return 0 }
        var scan = JSONScan(at: rowsStart), count = 0
        try scan.array(body.span) { (scan) throws(JSONScan.Problem) in
            try row(&scan)
            count += 1
        }
        return count
    }
}

extension JSONValue {
    /// Of a text, or the digits of a number.
    fileprivate var text: String? {
        switch self {
        case .string(let text), .number(let text): text
        case .null, .bool, .array, .object: nil
        }
    }
}
