/// A type that the text of one setting describes.
public protocol SettingValue: Sendable, Equatable {
    /// Nil when `setting` describes no value.
    init?(setting: String)
    /// What a person may write, for messages and the reference: `a whole number`.
    static var expectation: String { get }
    /// Takes the place of a value that is missing or wrong, only until the other settings are read and all problems are told together.
    static var standIn: Self { get }
    /// As a person would write it.
    var settingText: String { get }
}

extension SettingValue where Self: LosslessStringConvertible {
    public init?(setting: String) { self.init(setting) }
    public var settingText: String { description }
}

extension String: SettingValue {
    public static var expectation: String { "text" }
    public static var standIn: String { "" }
}

extension Int: SettingValue {
    public static var expectation: String { "a whole number" }
    public static var standIn: Int { 0 }
}

extension Double: SettingValue {
    public init?(setting: String) {
        guard let value = Double(setting), value.isFinite else { return nil }
        self = value
    }
    public static var expectation: String { "a number" }
    public static var standIn: Double { 0 }
}

extension Bool: SettingValue {
    public static var expectation: String { "true or false" }
    public static var standIn: Bool { false }
}

/// An enum of words; the message lists them.
extension SettingValue where Self: RawRepresentable & CaseIterable, RawValue == String {
    public init?(setting: String) { self.init(rawValue: setting) }
    public static var expectation: String { allCases.map(\.rawValue).joined(separator: " | ") }
    public static var standIn: Self { allCases[allCases.startIndex] }
    public var settingText: String { rawValue }
}
