import Mapping

/// A place where a business edits its data, as one table of rows under a header.
///
/// How to add one: make a type that conforms, give it a kind in `SourceDefinition` and a line in `makeSource`, let it pass
/// `SourceConformance` (Tests/TestSupport), and only then write tests of its own. Rules:
/// 1. `open` makes sure that the source can be read and learns its header; its errors are `SourceError`s that name the place.
/// 2. `rows` hands out every row after the header, in the source's order, blank ones too, padded to the header's width.
/// 3. `rows` may be called again and gives the same rows, or throws `SourceError` of kind `.changed`: one run sees one state.
/// 4. Its certificate says how it is known that nothing is missing. Without one nothing is ever deleted (invariant 7).
/// 5. No value is interpreted: text stays text, numbers keep their digits, error cells are `.error`.
public protocol Source: Sendable {
    /// The word in pipeline files and in `origin.kind`.
    var kind: String { get }

    /// Reads the header, exactly as written, in the order of the columns.
    func open() async throws -> [String]

    /// Columns (indexes into the header) whose cells are wanted as people see them; called between `open` and `rows`.
    func wantShown(_ columns: Set<Int>) async throws

    /// Calls `take` with each row; the row is only lent for the call.
    func rows(_ take: (borrowing SourceRow) throws -> Void) async throws -> ReadCertificate

    /// How many rows `rows` is likely to give, for progress; nil when nobody knows.
    var rowsExpected: Int? { get async }

    /// What a read is going to ask of an API; nil for a source that asks none. Called after `open`.
    var ratePlan: RatePlan? { get async }

    /// What a person should know of the source as it stands, as a column it lacks. Called after `open`.
    var remarks: [String] { get async }

    /// Where a person finds a cell (column counts from 0) or, without a column, the row: `買主リスト!H4120`, `buyers.csv:4120`.
    func address(row: Int, column: Int?) -> String
}

extension Source {
    public func wantShown(_ columns: Set<Int>) async throws {}
    public var rowsExpected: Int? { get async { nil } }
    public var ratePlan: RatePlan? { get async { nil } }
    public var remarks: [String] { get async { [] } }
}

/// Why a read is known to be complete.
public struct ReadCertificate: Sendable, Equatable {
    /// Rows handed out.
    public var rows: Int
    /// Requests or chunks read.
    public var pages: Int
    /// What stood still while reading, in words a program can compare: size, time and hash of a file; a revision.
    public var stamp: String
    /// False: everything readable was read, but completeness could not be shown, so no deletes.
    public var isComplete: Bool
    /// What each part of the source gave; empty for a source in one piece.
    public var parts: [PartReport] = []

    public init(rows: Int, pages: Int, stamp: String, isComplete: Bool, parts: [PartReport] = []) {
        (self.rows, self.pages, self.stamp, self.isComplete, self.parts) = (rows, pages, stamp, isComplete, parts)
    }
}

/// A source that could not be read. Messages name the place and the cure, never a secret or a value.
public struct SourceError: Error, CustomStringConvertible {
    public enum Kind: Sendable {
        /// Wrong file, tab, range, encoding, header: a person must correct the pipeline or the source.
        case unusable
        /// Not reachable, refused, quota: the environment.
        case unreachable
        /// The credential was refused.
        case refused
        /// The source changed while it was read; another run may succeed.
        case changed
    }
    public let kind: Kind
    public let place: String
    public let problem: String

    public init(_ kind: Kind, place: String, _ problem: String) { (self.kind, self.place, self.problem) = (kind, place, problem) }
    public var description: String { "\(place): \(problem)" }
}
