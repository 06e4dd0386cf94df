import Testing

extension Tag {
    /// A property that holds for every seed; its name begins with its number in the users' list (B1–B26, F1–F5).
    @Tag public static var property: Self
}
