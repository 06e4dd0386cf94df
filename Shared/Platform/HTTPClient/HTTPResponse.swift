/// The status and headers of an answer.
public struct HTTPHead: Sendable, Equatable {
    public var status: Int
    public var headers: [HTTPHeader]

    /// The value of the first header of that name, whatever its case.
    public func first(_ name: String) -> String? {
        let wanted = name.lowercased()
        return headers.first { $0.name.lowercased() == wanted }?.value
    }
}

/// A whole answer, of any status.
public struct HTTPResponse: Sendable {
    public var head: HTTPHead
    /// Unpacked, if it came packed. A body that was cut never gets here.
    public var body: [UInt8]
    /// 0 when a pooled connection was used.
    public var connectionsOpened: Int

    public var status: Int { head.status }
}
