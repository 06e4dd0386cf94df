import JSONText

/// Reads the members of one JSON object and keeps those nobody asked for.
///
/// Absent and null stay two things where it matters (`fields`); for the envelope both mean "not given".
struct RecordReader {
    let object: JSONObject
    let path: String

    init(_ object: JSONObject, path: String = "") { (self.object, self.path) = (object, path) }

    func text(_ name: String) throws(RecordError) -> String {
        guard let text = try optionalText(name) else { throw missing(name) }
        return text
    }

    func optionalText(_ name: String) throws(RecordError) -> String? {
        switch object[name] {
        case nil, .null: return nil
        case .string(let text): return text
        case .some(let other): throw wrong(name, "text", other)
        }
    }

    func integer(_ name: String) throws(RecordError) -> Int64 {
        guard let value = try optionalInteger(name) else { throw missing(name) }
        return value
    }

    func optionalInteger(_ name: String) throws(RecordError) -> Int64? {
        switch object[name] {
        case nil, .null: return nil
        case .number(let digits):
            guard let value = Int64(digits) else { throw RecordError(path: place(name), problem: "expected a whole number of 64 bits") }
            return value
        case .some(let other): throw wrong(name, "a whole number", other)
        }
    }

    func flag(_ name: String) throws(RecordError) -> Bool {
        switch object[name] {
        case nil, .null: return false
        case .bool(let value): return value
        case .some(let other): throw wrong(name, "true or false", other)
        }
    }

    func objectMember(_ name: String) throws(RecordError) -> JSONObject {
        guard let object = try optionalObject(name) else { throw missing(name) }
        return object
    }

    func optionalObject(_ name: String) throws(RecordError) -> JSONObject? {
        switch object[name] {
        case nil, .null: return nil
        case .object(let object): return object
        case .some(let other): throw wrong(name, "an object", other)
        }
    }

    func optionalList(_ name: String) throws(RecordError) -> [JSONValue] {
        switch object[name] {
        case nil, .null: return []
        case .array(let values): return values
        case .some(let other): throw wrong(name, "a list", other)
        }
    }

    func reader(_ name: String) throws(RecordError) -> RecordReader { RecordReader(try objectMember(name), path: place(name)) }

    /// Refuses a format of a later Rollcall: its meaning is not known here.
    func checkFormat(_ newest: Int64 = 1) throws(RecordError) {
        let format = try integer("format")
        guard format >= 1 else { throw RecordError(path: place("format"), problem: "expected 1 or more, got \(format)") }
        guard format <= newest else {
            throw RecordError(
                path: place("format"), problem: "format \(format) is newer than \(newest), the newest known here; update this service", isNewerFormat: true)
        }
    }

    /// The members that are not among `known`, in written order: kept, so that a newer writer's additions survive.
    func others(than known: Set<String>) -> JSONObject {
        var rest = JSONObject()
        for member in object.members where !known.contains(member.name) { rest[member.name] = member.value }
        return rest
    }

    func place(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
    private func missing(_ name: String) -> RecordError { RecordError(path: place(name), problem: "is missing") }
    private func wrong(_ name: String, _ wanted: String, _ got: JSONValue) -> RecordError {
        RecordError(path: place(name), problem: "expected \(wanted), got \(got.kindName)")
    }
}
