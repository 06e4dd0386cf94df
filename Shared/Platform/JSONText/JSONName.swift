/// A member's name as JSON, quoted and with its colon: made once, written for every record.
public struct JSONName: Sendable {
    let bytes: [UInt8]

    /// - Parameter name: as a person reads it; quotes and escapes are added.
    public init(_ name: String) {
        var json = JSONWriter(reservingCapacity: name.utf8.count + 3)
        json.name(name)
        bytes = json.bytes
    }
}
