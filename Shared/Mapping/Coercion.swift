/// A change that a rule made to what stood in a cell; each is counted per field, so none is silent.
public enum Coercion: Int, Sendable, CaseIterable {
    /// White space around the text went.
    case trimmed
    /// The cell held white space only and counts as blank.
    case whiteSpaceOnly
    /// The cell held the word `null`, which programs print for nothing, and counts as blank.
    case nullWord
    /// The cell was blank and `default:` took its place.
    case fallback
    /// A number or boolean cell under a text column: its shown text or its digits.
    case numberAsText
    /// A key was brought to its normal form: NFKC, no white space around it, `6666` for 6666.0.
    case keyNormalised
    /// Full-width or half-width letters, digits, signs became plain ones.
    case widthFolded
    /// Thousands separators, currency and counters (`円`) went.
    case separatorsDropped
    /// 万, 千, 億 were multiplied out.
    case unitMultiplied
    /// A mark of inexactness went (約, 概算).
    case approximationDropped
    /// Days since 1899-12-30 became a date or a time.
    case serialNumber
    /// A date or time in another form than ISO 8601 became one.
    case dateReformatted
    /// A weekday after the date went.
    case weekdayDropped
    /// A date column's cell also held a time of day.
    case timeOfDayDropped
    /// A time column's cell also held a date: a sheet's 1899-12-30.
    case datePartDropped
    /// A local time that happens twice when clocks go back: the first was taken.
    case repeatedHour
    /// A word became true or false.
    case word
    /// A number became the label of its tier.
    case tier
    /// Several cells became one text.
    case joined
}
