import JSONText

/// One answer of a listing.
struct SquarePage: Sendable {
    let objects: [JSONObject]
    /// Nil: this was the last one. An empty text means the same.
    let cursor: String?
    /// Told by the catalog alone.
    let latestTime: String?

    /// Reads an answer.
    /// - Parameter list: The member that holds the objects. Square leaves out empty lists
    ///   (https://developer.squareup.com/docs/build-basics/common-api-patterns/pagination), so without it the page is empty and no error.
    init(parsing body: [UInt8], list: String) throws(JSONScan.Problem) {
        let value: JSONValue
        do { value = try JSONValue(parsing: body) } catch { throw JSONScan.Problem(offset: error.offset, expected: "JSON (\(error.problem))") }
        guard case .object(let answer) = value else { throw JSONScan.Problem(offset: 0, expected: "an object") }
        // Some endpoints tell errors beside a list, with status 200: then the list is not whole.
        if case .array(let errors)? = answer["errors"], !errors.isEmpty { throw JSONScan.Problem(offset: 0, expected: "an answer without errors") }
        switch answer[list] {
        case nil: objects = []
        case .array(let values):
            var objects: [JSONObject] = []
            objects.reserveCapacity(values.count)
            for value in values {
                guard case .object(let object) = value else { throw JSONScan.Problem(offset: 0, expected: "objects in \(list)") }
                objects.append(object)
            }
            self.objects = objects
        default: throw JSONScan.Problem(offset: 0, expected: "\(list) as a list")
        }
        func text(_ name: String) -> String? { if case .string(let text)? = answer[name], !text.isEmpty { text } else { nil } }
        (cursor, latestTime) = (text("cursor"), text("latest_time"))
    }
}
