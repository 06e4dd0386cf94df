import JSONText
import Reporting
import Sources

/// What each part of a source gave: a table for people, a list for programs.
struct PartTable {
    let parts: [PartReport]

    /// Empty for a source in one piece.
    var text: String {
        guard !parts.isEmpty else { return "" }
        var table = Table([
            ("part", .left), ("rows", .right), ("requests", .right), ("matched", .right), ("without base row", .right), ("without key", .right),
            ("repeated keys", .right), ("", .left),
        ])
        for part in parts {
            let remark = part.failure.map { _ in "not read" } ?? (part.lacking.isEmpty ? "" : "has no column \(part.lacking.joined(separator: ", "))")
            table.append([
                part.name + (part.isBase ? " (base)" : ""), grouped(part.rows), grouped(part.requests), grouped(part.matched), grouped(part.withoutBase),
                grouped(part.withoutKey), grouped(part.repeatedKeys), remark,
            ])
        }
        return table.text
    }

    var json: JSONValue {
        func number(_ value: Int) -> JSONValue { .number(String(value)) }
        return .array(
            parts.map { part in
                [
                    "part": .string(part.name), "base": .bool(part.isBase), "rows": number(part.rows), "requests": number(part.requests),
                    "matched": number(part.matched), "without_base": number(part.withoutBase), "without_key": number(part.withoutKey),
                    "repeated_keys": number(part.repeatedKeys), "lacking": .array(part.lacking.map { .string($0) }),
                    "failure": part.failure.map { .string($0) } ?? .null,
                ]
            })
    }
}
