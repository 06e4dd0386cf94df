/// Where in a pipeline file something was said, so that a later finding (a column the table lacks) can name the line to change.
public struct FilePlace: Sendable, Equatable, CustomStringConvertible {
    public let file: String
    /// Both count from 1, as editors do.
    public let line: Int
    public let column: Int

    public init(file: String, line: Int, column: Int) { (self.file, self.line, self.column) = (file, line, column) }

    public var description: String { "\(file):\(line):\(column)" }
}
