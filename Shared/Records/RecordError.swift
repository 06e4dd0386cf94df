/// A record that cannot be understood; names the member, what was got and what was expected, and never the value.
public struct RecordError: Error, Equatable, CustomStringConvertible {
    /// The way to the member, as in `origin.row`; empty for the whole record.
    public let path: String
    public let problem: String
    /// A record of a newer `format`: not damage, so the reader stops instead of skipping it.
    public var isNewerFormat = false

    public var description: String { path.isEmpty ? problem : "\(path): \(problem)" }
}
