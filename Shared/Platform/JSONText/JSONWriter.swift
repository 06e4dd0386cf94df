/// Writes one line of JSON; commas and escapes are its business, order and names the caller's.
///
///     json.object {
///         $0.member("run", 42)
///         $0.object("key") { $0.member("buyer_number", "6666") }
///     }
public struct JSONWriter {
    public private(set) var bytes: [UInt8] = []
    private var needsComma = false

    /// - Parameter capacity: how many bytes to make room for at once.
    public init(reservingCapacity capacity: Int = 2048) { bytes.reserveCapacity(capacity) }

    /// Forgets the text and keeps the memory, so one writer serves many records.
    public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        needsComma = false
    }

    /// An object as the next value; `members` writes its members.
    public mutating func object(_ members: (inout JSONWriter) throws -> Void) rethrows { try nest("{", members, "}") }
    /// A list as the next value; `elements` writes its values.
    public mutating func array(_ elements: (inout JSONWriter) throws -> Void) rethrows { try nest("[", elements, "]") }

    /// A member that is an object.
    public mutating func object(_ name: String, _ members: (inout JSONWriter) throws -> Void) rethrows {
        self.name(name)
        try object(members)
    }

    /// A member that is a list.
    public mutating func array(_ name: String, _ elements: (inout JSONWriter) throws -> Void) rethrows {
        self.name(name)
        try array(elements)
    }

    /// A member of the object that is open.
    public mutating func member(_ name: String, _ value: some JSONWritable) {
        self.name(name)
        value.write(to: &self)
    }

    /// The next value of the list that is open, or the whole text.
    public mutating func value(_ value: some JSONWritable) { value.write(to: &self) }

    /// A member's name; its value is written next.
    public mutating func name(_ name: String) {
        comma()
        quote(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// A member's name that was quoted once and is written for every record; its value is written next.
    public mutating func name(_ name: JSONName) {
        comma()
        bytes.append(contentsOf: name.bytes)
        needsComma = false
    }

    /// A text as the next value.
    public mutating func string(_ text: String) {
        comma()
        quote(text)
        needsComma = true
    }

    /// A text whose bytes are at hand: no `String` is made of it.
    /// - Parameter text: valid UTF-8.
    public mutating func string(utf8 text: UnsafeBufferPointer<UInt8>) {
        comma()
        quote(text)
        needsComma = true
    }

    /// `text` is a JSON number, `true`, `false` or `null`.
    public mutating func literal(_ text: String) {
        comma()
        var text = text
        text.withUTF8 { bytes.append(contentsOf: $0) }
        needsComma = true
    }

    /// `value` is one whole JSON value as text, taken over as it is.
    public mutating func json(utf8 value: UnsafeBufferPointer<UInt8>) {
        comma()
        bytes.append(contentsOf: value)
        needsComma = true
    }

    private mutating func nest(_ open: Unicode.Scalar, _ body: (inout JSONWriter) throws -> Void, _ close: Unicode.Scalar) rethrows {
        comma()
        bytes.append(UInt8(ascii: open))
        needsComma = false
        try body(&self)
        bytes.append(UInt8(ascii: close))
        needsComma = true
    }

    private mutating func comma() { if needsComma { bytes.append(UInt8(ascii: ",")) } }

    private mutating func quote(_ text: String) {
        var text = text
        text.withUTF8 { quote($0) }
    }

    private mutating func quote(_ text: UnsafeBufferPointer<UInt8>) {
        bytes.append(UInt8(ascii: "\""))
        var start = 0
        while true {
            let stop = endOfPlainRun(text.span, from: start)
            bytes.append(contentsOf: text[start..<stop])
            if stop == text.count { break }
            escape(text[stop])
            start = stop + 1
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// RFC 8259, section 7: what must be escaped, in its shortest form.
    private mutating func escape(_ byte: UInt8) {
        let digits: StaticString = "0123456789abcdef"
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): append(UInt8(ascii: "\\"), byte)
        case 0x08: append(UInt8(ascii: "\\"), UInt8(ascii: "b"))
        case 0x09: append(UInt8(ascii: "\\"), UInt8(ascii: "t"))
        case 0x0A: append(UInt8(ascii: "\\"), UInt8(ascii: "n"))
        case 0x0C: append(UInt8(ascii: "\\"), UInt8(ascii: "f"))
        case 0x0D: append(UInt8(ascii: "\\"), UInt8(ascii: "r"))
        default:
            append(UInt8(ascii: "\\"), UInt8(ascii: "u"))
            append(UInt8(ascii: "0"), UInt8(ascii: "0"))
            append(digits.utf8Start[Int(byte >> 4)], digits.utf8Start[Int(byte & 15)])
        }
    }

    private mutating func append(_ first: UInt8, _ second: UInt8) {
        bytes.append(first)
        bytes.append(second)
    }
}
