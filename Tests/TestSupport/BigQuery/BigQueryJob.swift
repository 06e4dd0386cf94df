import JSONText

/// One query of a stand-in's warehouse and its answer, which stays as it was when the job ran.
struct BigQueryJob: Sendable {
    struct Problem: Error { let message: String }

    /// The rows a query gives.
    struct Answer: Sendable {
        var columns: [WarehouseTable.Column]
        var rows: [[WarehouseTable.Value]]

        /// The columns a query names in backticks between SELECT and FROM, of a table; of any other SELECT the table as it stands.
        init(_ query: String, _ table: WarehouseTable) throws(Problem) {
            (columns, rows) = (table.columns, table.rows)
            if let newest = query.firstMatch(of: /PARTITION BY `([^`]+)` ORDER BY `([^`]+)` DESC/) {
                try keepNewest(key: String(newest.1), by: String(newest.2))
            }
            guard let list = query.firstMatch(of: /^SELECT (`[^`]+`(, `[^`]+`)*) FROM/) else { return }
            var places: [Int] = []
            for word in list.1.split(separator: ", ") {
                let name = String(word.dropFirst().dropLast())
                places.append(try place(name))
            }
            let (all, cells) = (columns, rows)
            columns = places.map { all[$0] }
            rows = cells.map { row in places.map { row[$0] } }
        }

        private func place(_ name: String) throws(Problem) -> Int {
            guard let place = columns.firstIndex(where: { $0.name.lowercased() == name.lowercased() }) else {
                throw Problem(message: "Unrecognized name: \(name) at [1:8]")
            }
            return place
        }

        private mutating func keepNewest(key: String, by column: String) throws(Problem) {
            let key = try place(key), column = try place(column)
            var kept: [[WarehouseTable.Value]] = [], places: [String: Int] = [:]
            func text(_ value: WarehouseTable.Value) -> String { if case .text(let text) = value { text } else { "" } }
            for row in rows {
                if let place = places[text(row[key])] {
                    if text(row[column]) > text(kept[place][column]) { kept[place] = row }
                } else {
                    places[text(row[key])] = kept.count
                    kept.append(row)
                }
            }
            rows = kept
        }
    }

    let name: String
    let table: String
    let location: String
    let answer: Answer
    let form: WireForm
    /// So many answers more say that the job still runs.
    var pendingAnswers: Int

    /// BigQuery gives at most 10 MB of rows at once.
    private static let pageBytesMax = 10_000_000

    func place(ofToken token: String) -> Int? {
        let words = token.split(separator: ".")
        guard words.count == 2, words[0] == name, let place = Int(words[1]), (1..<answer.rows.count).contains(place) else { return nil }
        return place
    }

    mutating func page(from start: Int, rowsMax: Int, project: String, rowsMissing: Int) -> [UInt8] {
        var json = JSONWriter(reservingCapacity: 1 << 16)
        json.object { json in
            json.member("kind", "bigquery#queryResponse")
            json.object("jobReference") {
                $0.member("projectId", project)
                $0.member("jobId", name)
                $0.member("location", location)
            }
            if pendingAnswers > 0 {
                pendingAnswers -= 1
                return json.member("jobComplete", false)
            }
            json.member("jobComplete", true)
            json.member("totalRows", String(answer.rows.count))
            let given = max(0, answer.rows.count - rowsMissing)
            var end = start
            if given > 0 {
                json.array("rows") { json in
                    let first = json.bytes.count
                    while end < given, end - start < rowsMax, json.bytes.count - first < Self.pageBytesMax {
                        WarehouseTable.Value.record(answer.rows[end]).write(WarehouseTable.Column("", "RECORD", fields: answer.columns), form, to: &json)
                        end += 1
                    }
                }
            }
            if end < given { json.member("pageToken", "\(name).\(end)") }
            json.member("schema", JSONValue.object(["fields": .array(answer.columns.map(\.json))]))
            json.member("totalBytesProcessed", "0")
            json.member("cacheHit", false)
        }
        return json.bytes
    }
}
