/// `250ms`, `30s`, `5m`, `2h`, `1d`: a whole number and its unit, without a space.
extension Duration: SettingValue {
    private static let units: [(suffix: String, milliseconds: Int64)] = [
        ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
    ]

    public init?(setting: String) {
        let digits = setting.prefix { $0.isASCII && $0.isNumber }
        guard let count = Int64(digits), let unit = Duration.units.first(where: { $0.suffix == setting.dropFirst(digits.count) }) else { return nil }
        let (milliseconds, overflows) = count.multipliedReportingOverflow(by: unit.milliseconds)
        guard !overflows else { return nil }
        self = .milliseconds(milliseconds)
    }

    public static var expectation: String { "a duration like 250ms, 30s, 5m, 2h or 1d" }
    public static var standIn: Duration { .zero }

    /// In the largest unit that tells it whole.
    public var settingText: String {
        let milliseconds = components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
        guard milliseconds != 0, let unit = Duration.units.last(where: { milliseconds % $0.milliseconds == 0 }) else { return "0s" }
        return "\(milliseconds / unit.milliseconds)\(unit.suffix)"
    }
}
