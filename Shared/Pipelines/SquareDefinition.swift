/// A seller's account at Square. Its access token is a setting and never stands in a file.
public struct SquareDefinition: Sendable, Equatable {
    /// Where the API answers; nil: Square's.
    public let endpoint: String?
    /// Nil: as many as the settings say.
    public let requestsPerMinute: Int?
    /// In which days are meant; times say their offset themselves.
    public let timeZone: String

    public init(endpoint: String? = nil, requestsPerMinute: Int? = nil, timeZone: String = "UTC") {
        (self.endpoint, self.requestsPerMinute, self.timeZone) = (endpoint, requestsPerMinute, timeZone)
    }
}

/// The lists of objects that an account has.
public enum SquareFeed: String, Sendable, CaseIterable {
    case locations, categories, items, variations, counts, vendors, orders, payments, refunds
}

/// Of what a stream's rows are made.
public struct StreamFeed: Sendable, Equatable {
    public let feed: SquareFeed
    /// The list in each object whose elements are the rows; nil: the object is the row.
    public let each: JSONPath?

    public init(_ feed: SquareFeed, each: JSONPath? = nil) { (self.feed, self.each) = (feed, each) }
}
