/// The buyers spreadsheet as a sample: 4,137 buyers in 185 columns with all the trouble real ones bring, the same bytes for a seed on every machine.
///
/// Besides the buyers there are blank rows, rows without a key and rows whose key stands more than once; `extractor` has to count them apart.
/// In exactly one column, of exactly 356 buyers, a value is longer than 50 characters.
public struct SampleSheet: Sendable {
    public struct Buyer: Sendable {
        /// As it is compared: text, trimmed and NFKC.
        public let key: String
        public let name: String
        /// In the sheet, from 1.
        public let row: Int
        /// Characters of the remark, where it has one.
        public let remarkCharacters: Int?
    }

    public static let tab = "買主リスト"
    public static let buyersCount = 4_137
    public static let longCount = 356
    public static let longestCharacters = 812
    /// The field whose values do not fit into `VARCHAR(50)`.
    public static let longField = "viewing_result_follow_up"

    public let seed: UInt64
    public internal(set) var grid: SheetGrid
    /// Those who are there once, from top to bottom.
    public internal(set) var buyers: [Buyer] = []
    public internal(set) var blankRows: [Int] = []
    public internal(set) var keylessRows: [Int] = []
    /// The rows of each key that stands more than once.
    public internal(set) var repeatedRows: [[Int]] = []

    public var longBuyers: [Buyer] { buyers.filter { $0.remarkCharacters ?? 0 > SampleCells.charactersMax } }

    /// - Parameters:
    ///   - buyers: how many there are; fewer make a quicker test.
    ///   - long: how many of them have a remark of more than 50 characters, one of 812 among them.
    public static func buyers(seed: UInt64, count: Int = buyersCount, long: Int? = nil) -> SampleSheet {
        var maker = SampleSheetMaker(seed: seed, buyers: count, long: long ?? count * longCount / buyersCount)
        return maker.make()
    }
}
