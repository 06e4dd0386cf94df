/// A record as the broker gave it; its bytes live as long as `owner`.
struct RawRecord {
    let offset: Int64
    let key: UnsafeRawBufferPointer?
    /// Nil for a record without a value, which no change is.
    let value: UnsafeRawBufferPointer?
    let owner: AnyObject
}

/// The stretch of one partition that one transaction settles.
struct BatchRange: Sendable, Equatable {
    let topic: String
    let partition: Int32
    let generation: Int64
    /// The batch covers `from..<next`.
    let from: Int64
    var next: Int64
    /// Of the record before `next`; found again there, it proves that the topic is the same.
    var lastID: String
}
