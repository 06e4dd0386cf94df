/// A range of time by one of an object's times; RFC 3339 text.
public struct SquareWindow: Sendable, Equatable {
    public enum Field: Sendable {
        case created, updated

        var sortField: String { self == .created ? "CREATED_AT" : "UPDATED_AT" }
        var name: String { self == .created ? "created_at" : "updated_at" }
    }

    public let field: Field
    /// Belongs to the range; nil: from the beginning.
    public let from: String?
    /// Nil: a day from now, so that what is changed while the listing runs does not leave it. A list that an object leaves closes up behind it,
    /// and a page that starts at a place in the list then passes another object over. With newest first, changes only bring objects twice.
    /// For the past use `.created`, which no change of an object moves.
    public let to: String?

    public init(_ field: Field, from: String? = nil, to: String? = nil) { (self.field, self.from, self.to) = (field, from, to) }

    /// Before anything at Square: the company was founded in that year (https://squareup.com/us/en/about). "From the beginning" must be said, as
    /// payments and refunds are those of the last year otherwise.
    static let beginning = "2009-01-01T00:00:00Z"
}
