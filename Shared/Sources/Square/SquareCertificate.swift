/// What is known of a listing when it ends.
public struct SquareCertificate: Sendable, Equatable {
    /// Pages told.
    public var pages = 0
    /// Objects told; one that was told twice counts twice.
    public var objects = 0
    /// How often a listing was begun again because Square had forgotten its cursor. Objects told before were told again: the caller knows them by id.
    public var restarts = 0
    /// The last page had no cursor (invariant 7). False when the taker wanted no more.
    public var isComplete = false
    /// The first page's `latest_time`, of the catalog alone: the next listing's `since`. A later page's would pass over what changed in between.
    public var latestTime: String?

    public init() {}

    /// Both listings together.
    mutating func add(_ other: SquareCertificate) {
        pages += other.pages
        objects += other.objects
        restarts += other.restarts
        isComplete = isComplete && other.isComplete
        latestTime = latestTime ?? other.latestTime
    }
}
