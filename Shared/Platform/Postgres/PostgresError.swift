import CPostgres

/// What went wrong between us and Postgres, in names and codes only.
///
/// Postgres puts row values into MESSAGE, DETAIL and CONTEXT, so none of the three is kept (invariant 10). The one exception is class 42,
/// whose message names identifiers of the statement itself, and statements carry no values: they go as parameters.
public struct PostgresError: Error, Sendable, Equatable {
    public enum Kind: String, Sendable {
        /// The server said no; `sqlState` says why.
        case refused
        /// The connection is gone, was never made, or fell silent past its deadline.
        case connectionLost = "connection_lost"
        /// The wait for a free connection of the pool was too long.
        case poolExhausted = "pool_exhausted"
        /// A value holds U+0000, which Postgres cannot store as text and libpq would silently cut.
        case nulCharacter = "nul_character"
        /// A name that cannot be a Postgres identifier.
        case badIdentifier = "bad_identifier"
        /// The settings are not understood.
        case badSettings = "bad_settings"
        /// The server answered something the statement cannot have: NULL where none may be, a word for a number, ROLLBACK for COMMIT.
        case unexpectedAnswer = "unexpected_answer"
    }

    public var kind: Kind
    /// Five characters, https://www.postgresql.org/docs/15/errcodes-appendix.html; nil when the server did not say.
    public var sqlState: String?
    /// `ERROR`, `FATAL` or `PANIC`, never translated; nil when the server did not say.
    public var severity: String?
    public var schema: String?
    public var table: String?
    public var column: String?
    public var dataType: String?
    public var constraint: String?
    /// One sentence without values: what was met, what was expected.
    public var problem: String
    /// The COMMIT was sent and its answer never came: the transaction may stand. Read the books before doing it again.
    public var isOutcomeUnknown = false

    public init(kind: Kind, sqlState: String? = nil, problem: String) {
        (self.kind, self.sqlState, self.problem) = (kind, sqlState, problem)
    }

    /// The session cannot be used any more: a new connection is needed.
    public var isConnectionLoss: Bool { kind == .connectionLost || severity == "FATAL" || severity == "PANIC" }

    /// The SQLSTATE, or a word of ours where the server did not speak.
    public var code: String { sqlState ?? kind.rawValue }
}

extension PostgresError: CustomStringConvertible {
    public var description: String {
        let places = [("table", table), ("column", column), ("constraint", constraint), ("type", dataType)].compactMap { name, value in
            value.map { "\(name) \($0)" }
        }
        return ([problem] + places).joined(separator: ", ")
    }
}

extension PostgresError {
    /// Fields of an error report, by their letters in the protocol: https://www.postgresql.org/docs/15/protocol-error-fields.html
    private enum Field: Character {
        case severity = "V", sqlState = "C", message = "M", context = "W", internalQuery = "q"
        case schema = "s", table = "t", column = "c", dataType = "d", constraint = "n"
    }

    /// Reads the report of a failed statement, leaving out every field that may hold a value.
    init(reading result: borrowing ResultHandle, isLost: Bool) {
        func field(_ field: Field) -> String? {
            guard let ascii = field.rawValue.asciiValue, let text = PQresultErrorField(result.pointer, Int32(ascii)) else { return nil }
            return String(cString: text)
        }
        guard let sqlState = field(.sqlState) else {
            self.init(kind: .connectionLost, problem: "The connection to Postgres was lost while an answer was due")
            return
        }
        var problem = "Postgres refused with \(sqlState)" + (SQLStateNames.name(of: sqlState).map { " (\($0))" } ?? "")
        // A context means that a function of the database ran a statement of its own, which may hold values.
        if sqlState.hasPrefix("42"), field(.context) == nil, field(.internalQuery) == nil, let message = field(.message) { problem += ": \(message)" }
        self.init(kind: .refused, sqlState: sqlState, problem: problem)
        (severity, schema, table, column) = (field(.severity), field(.schema), field(.table), field(.column))
        (dataType, constraint) = (field(.dataType), field(.constraint))
        if isLost { kind = .connectionLost }
    }

    /// Reads why a connection could not be made, or was lost.
    ///
    /// With `PQERRORS_SQLSTATE` libpq writes `…failed: FATAL:  53300`: its own words hold host and port, the server's only a code.
    init(lossOf connection: OpaquePointer, while doing: String) {
        let text = PQerrorMessage(connection).map { String(cString: $0) } ?? ""
        let host = PQhost(connection).map { String(cString: $0) } ?? ""
        let lines = text.split(whereSeparator: \.isNewline).map { line in
            hidingQuotes(in: line.trimmingPrefix { $0 == " " || $0 == "\t" }, except: host)
        }
        let sqlState = lines.lazy.compactMap { PostgresError.trailingSQLState(of: $0) }.last
        var problem = "Postgres could not be reached while \(doing)"
        if let sqlState {
            problem = "Postgres refused with \(sqlState)" + (SQLStateNames.name(of: sqlState).map { " (\($0))" } ?? "") + " while \(doing)"
        }
        if !lines.isEmpty { problem += ": " + lines.joined(separator: "; ") }
        if sqlState?.hasPrefix("28") == true { problem += "; correct the user or the password in the database's address" }
        self.init(kind: .connectionLost, sqlState: sqlState, problem: problem)
    }

    private static func trailingSQLState(of line: Substring) -> String? {
        let code = line.suffix(5)
        guard line.dropLast(5).hasSuffix(":  "), code.utf8.count == 5,
            code.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) })
        else { return nil }
        return String(code)
    }
}

/// What libpq says before it has spoken to a server quotes parts of the address; where someone forgot to percent-encode his password, that may
/// be a part of it. So only the host is left, unless it has an `@` too many.
private func hidingQuotes(in line: Substring, except host: String) -> Substring {
    guard !line.hasPrefix("connection to server") else { return line }
    guard let first = line.firstIndex(of: "\""), let last = line.lastIndex(of: "\""), first < last else { return line }
    let quoted = line[line.index(after: first)..<last]
    return quoted == host && !host.contains("@") ? line : line[..<first] + "(hidden)" + line[line.index(after: last)...]
}
