import Pipelines

/// One thing that does not fit between a pipeline, its table and today's data.
public struct SchemaFinding: Sendable, Equatable, CustomStringConvertible {
    public enum Severity: String, Sendable, CaseIterable {
        /// Nothing could be written: the run does not start.
        case stop
        /// Some rows of this very read will be refused; the others go on.
        case warn
        /// Nothing fails now.
        case note
    }

    /// What a person can do about it.
    public enum Cure: Sendable, Equatable, CustomStringConvertible {
        /// A migration that is there already, as a path to show: `migrations/buyers/050_text_columns.up.sql`.
        case migration(String)
        /// SQL to put into a new one.
        case sql(String)
        /// A change of the pipeline file, in words.
        case pipeline(String)

        public var description: String {
            switch self {
            case .migration(let path): path
            case .sql(let text): text
            case .pipeline(let words): words
            }
        }
    }

    public let severity: Severity
    public let stream: String
    public let table: String
    /// The target column; nil when the finding is about the table.
    public let column: String?
    /// The line of the pipeline file that asks for it.
    public let place: FilePlace
    /// Without values: names, types, lengths and counts (invariant 10).
    public let problem: String
    public let cure: Cure

    public var description: String { "\(place): \(problem); cure: \(cure)" }
}
