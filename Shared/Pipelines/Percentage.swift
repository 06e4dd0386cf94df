/// A share in hundredths of a percent, exactly: `12.5%` is 1250.
public struct Percentage: Sendable, Equatable, CustomStringConvertible {
    /// 0...10000.
    public let hundredths: Int

    public init(hundredths: Int) { self.hundredths = hundredths }
    public static func whole(_ percent: Int) -> Percentage { Percentage(hundredths: percent * 100) }

    /// Whether `part` is this share of `total`, or more.
    public func isReached(by part: Int, of total: Int) -> Bool { part * 10_000 >= total * hundredths && part > 0 }

    public var description: String {
        let (whole, rest) = hundredths.quotientAndRemainder(dividingBy: 100)
        return rest == 0 ? "\(whole)%" : rest % 10 == 0 ? "\(whole).\(rest / 10)%" : "\(whole).\(rest < 10 ? "0" : "")\(rest)%"
    }
}
