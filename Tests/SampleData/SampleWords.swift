/// What the sample's cells are made of. Nobody in it exists: names are 見本 and a number, places are invented.
enum SampleWords {
    static let staff = ["担当A", "担当B", "担当C", "担当D", "担当E", "担当F", "A", "Ｂ", "業者"]
    static let marks = ["未", "済", "要", "不要", "TRUE", "true", "YES", "Y", "○", "済　", "未/済", "Ｙ"]
    static let deliveries = ["要", "不要", "ｍ→不要", "メールエラー", "LINE", "買付", "ダブり", "案内済み（LINE未登録）"]
    static let statuses = ["A", "B", "C", "D", "BZ", "AZ", "買（専任 両手）", "他決", "D:配信・追客不要案件"]
    static let weekdays = ["月", "火", "水", "木", "金", "土", "日", "土・日"]
    static let kinds = ["戸建", "マンション", "土地", "戸建、マンション", "ﾏﾝｼｮﾝ", "土地・戸建"]
    static let choices = ["すぐ", "3か月以内", "２年以内", "築20年以内", "3LDK", "４LDK以上", "1台", "2台以上", "ネット", "看板", "紹介", "木造", "居住中", "空家", "夫婦＋子1"]
    static let towns = ["見本市北町", "見本市中央", "見本市港が丘", "例示郡川上町", "例示郡（大字）野原"]
    static let phrases = [
        "駅から徒歩10分以内を希望", "日当たりを気にしている", "ご家族と相談中", "資料を送付済み", "ローンは仮審査中", "駐車場2台が条件", "また連絡します", "価格の相談あり",
        "土日の午前なら可", "ペット可の物件を探している", "売却と同時に検討", "他社でも内覧された", "ｶﾚﾝﾀﾞｰに追記", "リフォーム済みなら検討", "学区は変えたくない",
    ]
    /// What nobody meant to type: error words that arrive as text, rich text, ciphertext, controls.
    static let junk = [
        "null", "<b>要確認</b><br>済", "<div style=\"color:red\">至急</div>", "c2FtcGxlLWNpcGhlcnRleHQtMDAwMQ==", "undefined", "　", "ー", "？？？",
        "#N/A（手入力）", "=A1", "'0123", "a\tb", "か\u{3099}き\u{3099}", "👩‍👩‍👧‍👦", "\u{200F}אבג", "1e5", "0x1F", "NaN",
    ]
    static let errors = ["#REF!", "#N/A", "#VALUE!", "#DIV/0!"]

    /// ① to ㊿, as areas are written: several in a row.
    static func circled(_ number: Int) -> String {
        let scalar: Int =
            switch number {
            case 1...20: 0x2460 + number - 1
            case 21...35: 0x3251 + number - 21
            default: 0x32B1 + number - 36
            }
        return Unicode.Scalar(UInt32(scalar)).map { String(Character($0)) } ?? ""
    }

    static func fullWidth(_ text: String) -> String {
        var wide = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            wide.append((0x21...0x7E).contains(scalar.value) ? Unicode.Scalar(scalar.value + 0xFEE0) ?? scalar : scalar)
        }
        return String(wide)
    }

    static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
