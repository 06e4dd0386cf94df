import JSONText
import Pipelines

/// Makes the rows of one stream out of the objects of an API: a row for the object, or one for each element of a list in it.
///
/// What an API leaves out, or says is null, is an empty cell. A number keeps its digits, however many; objects and lists are JSON text, with the
/// members in the order of their names, since the order in which an API tells them is no change. A value of another shape than the path expects
/// (a text where a member is wanted) is an error cell and never an empty one, which would clear a field (invariant 6).
public struct JSONRowReader: Sendable {
    /// One cell of a row.
    public struct Column: Sendable, Equatable {
        public let path: JSONPath
        /// Whether a text is wanted as JSON, between quotes; other values are the same either way.
        public let isJSON: Bool

        public init(_ path: JSONPath, isJSON: Bool = false) { (self.path, self.isJSON) = (path, isJSON) }
    }

    /// Where a value is of another shape than a path expects: the name of the place, never the value.
    static let shapeWord = "#SHAPE!"

    private let each: JSONPath?
    let columns: [Column]

    /// - Parameters:
    ///   - each: the list whose elements are the rows; nil: the object is the row.
    ///   - columns: the cells, in their order.
    /// - Throws: `JSONPathError` when a column steps out of more lists than there are.
    public init(each: JSONPath? = nil, columns: [Column]) throws(JSONPathError) {
        (self.each, self.columns) = (each, columns)
        let depth = self.each?.depth ?? 0
        for column in columns {
            guard column.path.up <= depth else {
                throw JSONPathError(path: column.path.text, problem: "steps out of more lists than `each` goes through, which is \(depth)")
            }
            guard !column.path.isPlace || depth > 0 else {
                throw JSONPathError(path: column.path.text, problem: "is a place in a list, but there is no `each`")
            }
        }
    }

    /// Calls `take` with each row of an object; the row is only lent for the call.
    /// - Parameters:
    ///   - number: the number of the first row.
    ///   - row: memory that is used again.
    /// - Returns: how many rows there were; none where the list is left out, null or empty.
    /// - Throws: `JSONPathError` when what `each` names is no list, and what `take` throws.
    public func rows(
        of object: JSONValue, from number: Int, _ row: inout SourceRow, _ take: (borrowing SourceRow) throws -> Void
    ) throws -> Int {
        var writer = JSONWriter(reservingCapacity: 256)
        var count = 0
        try walk(each?.steps[...] ?? [], object, outer: [object], place: 0) { around, place in
            row.begin(number: number + count)
            for column in columns { append(column, around, place, to: &row, &writer) }
            count += 1
            try take(row)
        }
        return count
    }

    /// Goes through the lists, outermost first.
    /// - Parameter outer: the objects around the value, outermost first; the last one is the element at hand.
    private func walk(
        _ steps: ArraySlice<JSONPath.Step>, _ value: JSONValue, outer: [JSONValue], place: Int, _ found: ([JSONValue], Int) throws -> Void
    ) throws {
        guard let step = steps.first else { return try found(outer, place) }
        guard step == .every else {
            switch next(step, of: value) {
            case .found(let inner): try walk(steps.dropFirst(), inner, outer: outer, place: place, found)
            case .nothing: return
            case .otherShape: throw notAList(value)
            }
            return
        }
        switch value {
        case .array(let elements):
            for (place, element) in elements.enumerated() {
                try walk(steps.dropFirst(), element, outer: outer + [element], place: place, found)
            }
        case .null: return
        default: throw notAList(value)
        }
    }

    private func notAList(_ value: JSONValue) -> JSONPathError {
        JSONPathError(path: each?.text ?? "", problem: "leads to \(value.kindName); expected a list. Has the API changed its answers?")
    }

    private func append(_ column: Column, _ around: [JSONValue], _ place: Int, to row: inout SourceRow, _ writer: inout JSONWriter) {
        if column.path.isPlace { return row.append(.number, String(place).utf8) }
        var value = around[around.count - 1 - column.path.up]
        for step in column.path.steps {
            switch next(step, of: value) {
            case .found(let inner): value = inner
            case .nothing: return row.appendEmpty()
            case .otherShape: return row.append(.error, Self.shapeWord.utf8)
            }
        }
        switch value {
        case .null: row.appendEmpty()
        case .bool(let flag): row.append(.boolean, (flag ? "true" : "false").utf8)
        case .number(let digits): row.append(.number, digits.utf8)
        case .string(let text) where !column.isJSON: row.append(.text, text.utf8)
        case .string, .array, .object:
            writer.removeAll()
            value.sortedByName().write(to: &writer)
            row.append(.text, writer.bytes)
        }
    }

    private enum Way {
        case found(JSONValue)
        /// Left out, null, or beyond the list's end.
        case nothing
        case otherShape
    }

    private func next(_ step: JSONPath.Step, of value: JSONValue) -> Way {
        switch (step, value) {
        case (_, .null): .nothing
        case (.member(let name), .object(let object)): object[name].map { .found($0) } ?? .nothing
        case (.element(let index), .array(let elements)): index < elements.count ? .found(elements[index]) : .nothing
        default: .otherShape
        }
    }
}

extension JSONValue {
    /// The same value with the members of every object in the order of their names' bytes.
    fileprivate func sortedByName() -> JSONValue {
        switch self {
        case .object(let object):
            .object(JSONObject(unchecked: object.sortedByName().members.map { .init(name: $0.name, value: $0.value.sortedByName()) }))
        case .array(let elements): .array(elements.map { $0.sortedByName() })
        case .null, .bool, .number, .string: self
        }
    }
}
