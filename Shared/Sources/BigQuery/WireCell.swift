import JSONText
import Mapping

/// Reads the values of an answer, where every scalar is a text or null (https://cloud.google.com/bigquery/docs/reference/rest/v2/jobs/getQueryResults).
extension JSONScan {
    /// Reads one value of a column.
    /// - Parameter content: takes the bytes of the cell; it is emptied first.
    mutating func cell(_ text: Span<UInt8>, _ field: BigQueryField, into content: inout [UInt8]) throws(Problem) -> SourceRow.Kind {
        content.removeAll(keepingCapacity: true)
        guard field.kind != .record, !field.isRepeated else {
            try json(text, field, into: &content)
            return content.elementsEqual("null".utf8) || content.elementsEqual("[]".utf8) ? empty(&content) : .text
        }
        guard try scalarText(text, into: &content), !content.isEmpty else { return empty(&content) }
        switch field.kind {
        case .integer, .float, .decimal: return isNumber(content) ? .number : .text  // NaN and Infinity are no numbers to anybody else.
        case .boolean:
            guard content.elementsEqual("true".utf8) || content.elementsEqual("false".utf8) else { throw Problem(offset: position, expected: "true or false") }
            return .boolean
        case .timestamp: try content.becomeInstant(at: position)
        case .record, .json, .text: break
        }
        return .text
    }

    private func empty(_ content: inout [UInt8]) -> SourceRow.Kind {
        content.removeAll(keepingCapacity: true)
        return .empty
    }

    /// - Returns: false for null.
    private mutating func scalarText(_ text: Span<UInt8>, into content: inout [UInt8]) throws(Problem) -> Bool {
        switch try scalar(text) {
        case .null: return false
        case .boolean(let value): content += Array((value ? "true" : "false").utf8)
        case .number(let range): text.append(range, to: &content)
        case .string(let range, hasEscapes: false): text.append(range, to: &content)
        case .string(let range, hasEscapes: true):
            guard appendUnescaped(text, range, to: &content) else { throw Problem(offset: range.lowerBound, expected: "escapes of JSON") }
        }
        return true
    }

    /// A record or a list as JSON with names, in the order of the schema.
    private mutating func json(_ text: Span<UInt8>, _ field: BigQueryField, into json: inout [UInt8]) throws(Problem) {
        guard field.isRepeated else { return try one(text, field, into: &json) }
        if isNull(text) { return json += Array("[]".utf8) }
        json.append(UInt8(ascii: "["))
        var isFirst = true
        try array(text) { (scan) throws(Problem) in
            if !isFirst { json.append(UInt8(ascii: ",")) }
            isFirst = false
            try scan.value(text) { (scan) throws(Problem) in try scan.one(text, field, into: &json) }
        }
        json.append(UInt8(ascii: "]"))
    }

    private mutating func one(_ text: Span<UInt8>, _ field: BigQueryField, into json: inout [UInt8]) throws(Problem) {
        if isNull(text) { return json += Array("null".utf8) }
        guard field.kind != .record else { return try record(text, field, into: &json) }
        var content: [UInt8] = []
        guard try scalarText(text, into: &content) else { return json += Array("null".utf8) }
        switch field.kind {
        case .integer, .float, .decimal: if isNumber(content) { json += content } else { json.appendQuoted(content) }
        case .boolean, .json: json += content
        case .timestamp:
            try content.becomeInstant(at: position)
            json.appendQuoted(content)
        case .record, .text: json.appendQuoted(content)
        }
    }

    private mutating func record(_ text: Span<UInt8>, _ field: BigQueryField, into json: inout [UInt8]) throws(Problem) {
        json.append(UInt8(ascii: "{"))
        try cells(text, field.fields) { (scan, index) throws(Problem) in
            if index > 0 { json.append(UInt8(ascii: ",")) }
            json.appendQuoted(Array(field.fields[index].name.utf8))
            json.append(UInt8(ascii: ":"))
            try scan.json(text, field.fields[index], into: &json)
        }
        json.append(UInt8(ascii: "}"))
    }

    /// Walks over `{"f":[{"v":…},…]}`; `take` must consume each value. There are as many as fields.
    mutating func cells(_ text: Span<UInt8>, _ fields: [BigQueryField], _ take: (inout JSONScan, Int) throws(Problem) -> Void) throws(Problem) {
        var index = 0
        try object(text) { (scan, name) throws(Problem) in
            guard spells(text, name, "f") else { return try scan.skipValue(text) }
            try scan.array(text) { (scan) throws(Problem) in
                guard index < fields.count else { throw Problem(offset: scan.position, expected: "\(fields.count) cells") }
                try scan.value(text) { (scan) throws(Problem) in try take(&scan, index) }
                index += 1
            }
        }
        guard index == fields.count else { throw Problem(offset: position, expected: "\(fields.count) cells in a row, got \(index)") }
    }

    /// `{"v":…}`
    private mutating func value(_ text: Span<UInt8>, _ take: (inout JSONScan) throws(Problem) -> Void) throws(Problem) {
        var hasValue = false
        try object(text) { (scan, name) throws(Problem) in
            guard spells(text, name, "v") else { return try scan.skipValue(text) }
            hasValue = true
            try take(&scan)
        }
        guard hasValue else { throw Problem(offset: position, expected: "\"v\"") }
    }

    /// Steps over a null, if one stands here.
    private mutating func isNull(_ text: Span<UInt8>) -> Bool {
        var ahead = self
        guard case .null? = try? ahead.scalar(text) else { return false }
        self = ahead
        return true
    }
}

private func isNumber(_ content: [UInt8]) -> Bool {
    var scan = JSONScan()
    guard case .number(let range)? = try? scan.scalar(content.span) else { return false }
    return range.count == content.count
}

extension [UInt8] {
    /// Microseconds since 1970 become a text that names its zone.
    fileprivate mutating func becomeInstant(at offset: Int) throws(JSONScan.Problem) {
        guard let count = Int64(String(decoding: self, as: UTF8.self)), let instant = instantText(microseconds: count) else {
            throw JSONScan.Problem(offset: offset, expected: "a TIMESTAMP in microseconds")
        }
        self = Array(instant.utf8)
    }

    fileprivate mutating func appendQuoted(_ text: [UInt8]) {
        var json = JSONWriter(reservingCapacity: text.count + 2)
        text.withUnsafeBufferPointer { json.string(utf8: $0) }
        self += json.bytes
    }
}

extension Span<UInt8> {
    fileprivate func append(_ range: Range<Int>, to content: inout [UInt8]) {
        withUnsafeBytes { content.append(contentsOf: UnsafeRawBufferPointer(rebasing: $0[range])) }
    }
}
