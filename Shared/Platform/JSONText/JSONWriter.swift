/// Writes one line of JSON; commas and escapes are its business, order and names the caller's.
public struct JSONWriter {
    public private(set) var bytes: [UInt8] = []
    private var needsComma = false

    public init(reservingCapacity capacity: Int = 2048) { bytes.reserveCapacity(capacity) }

    /// Forgets the text and keeps the memory, so one writer serves many records.
    public mutating func removeAll() { bytes.removeAll(keepingCapacity: true); needsComma = false }

    public mutating func object(_ members: (inout JSONWriter) -> Void) { nest("{", members, "}") }
    public mutating func array(_ elements: (inout JSONWriter) -> Void) { nest("[", elements, "]") }
    public mutating func object(_ name: String, _ members: (inout JSONWriter) -> Void) { self.name(name); object(members) }
    public mutating func array(_ name: String, _ elements: (inout JSONWriter) -> Void) { self.name(name); array(elements) }

    public mutating func member(_ name: String, _ value: some JSONWritable) { self.name(name); value.write(to: &self) }

    public mutating func value(_ value: some JSONWritable) { value.write(to: &self) }

    public mutating func string(_ text: String) { comma(); quote(text); needsComma = true }
    /// `text` is a JSON number, `true`, `false` or `null`.
    public mutating func literal(_ text: String) { comma(); append(text); needsComma = true }

    private mutating func name(_ name: String) {
        comma()
        quote(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    private mutating func nest(_ open: Unicode.Scalar, _ body: (inout JSONWriter) -> Void, _ close: Unicode.Scalar) {
        comma()
        bytes.append(UInt8(ascii: open))
        needsComma = false
        body(&self)
        bytes.append(UInt8(ascii: close))
        needsComma = true
    }

    private mutating func comma() { if needsComma { bytes.append(UInt8(ascii: ",")) } }

    private mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { bytes.append(contentsOf: $0) }
    }

    private mutating func quote(_ text: String) {
        var text = text
        bytes.append(UInt8(ascii: "\""))
        text.withUTF8 { utf8 in
            var start = 0
            while true {
                let stop = endOfPlainRun(utf8.span, from: start)
                bytes.append(contentsOf: utf8[start..<stop])
                if stop == utf8.count { break }
                escape(utf8[stop])
                start = stop + 1
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
        case 0x0A: bytes += Array(#"\n"#.utf8)
        case 0x0D: bytes += Array(#"\r"#.utf8)
        case 0x09: bytes += Array(#"\t"#.utf8)
        default:
            let hex = Array("0123456789abcdef".utf8)
            bytes += Array(#"\u00"#.utf8) + [hex[Int(byte >> 4)], hex[Int(byte & 15)]]
        }
    }
}

public protocol JSONWritable { func write(to json: inout JSONWriter) }
extension String: JSONWritable { public func write(to json: inout JSONWriter) { json.string(self) } }
extension Int: JSONWritable { public func write(to json: inout JSONWriter) { json.literal(String(self)) } }
extension Int64: JSONWritable { public func write(to json: inout JSONWriter) { json.literal(String(self)) } }
extension Bool: JSONWritable { public func write(to json: inout JSONWriter) { json.literal(self ? "true" : "false") } }
extension Optional: JSONWritable where Wrapped: JSONWritable {
    public func write(to json: inout JSONWriter) {
        if let self { self.write(to: &json) } else { json.literal("null") }
    }
}
extension JSONValue: JSONWritable {
    public func write(to json: inout JSONWriter) {
        switch self {
        case .null: json.literal("null")
        case .bool(let value): value.write(to: &json)
        case .number(let text): json.literal(text)
        case .string(let text): json.string(text)
        case .array(let values): json.array { json in for value in values { value.write(to: &json) } }
        case .object(let object):
            json.object { json in for member in object.members { json.member(member.name, member.value) } }
        }
    }
}
