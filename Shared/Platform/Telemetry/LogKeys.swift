/// The names of facts in log lines: one spelling everywhere, so that one query finds them all. None of them holds a row's value (Invariant 10).
public enum LogKeys {
    /// A run's number.
    public static let run = "run"
    public static let pipeline = "pipeline"
    public static let stream = "stream"
    /// A row's key.
    public static let recordKey = "key"
    public static let sequence = "sequence"
    public static let attempt = "attempt"
    public static let errorCategory = "error_category"
    /// SQLSTATE, HTTP status or Kafka code.
    public static let errorCode = "error_code"
    /// What an error says about itself.
    public static let reason = "reason"
    public static let table = "table"
    public static let column = "column"
    public static let topic = "topic"
    public static let partition = "partition"
    public static let offset = "offset"
    public static let generation = "generation"
    /// How many rows or records the line is about.
    public static let rows = "rows"
    public static let durationMilliseconds = "duration_ms"
    /// How the line's subject ended: one of the closing words of a run, mostly.
    public static let outcome = "outcome"
    public static let file = "file"
    public static let address = "address"
    public static let setting = "setting"
    public static let version = "version"

    /// What every line has by itself; a fact of such a name is written with `_` behind it, since JSON must not name a member twice.
    static let reserved: Set<String> = ["time", "level", "service", "message"]
}
