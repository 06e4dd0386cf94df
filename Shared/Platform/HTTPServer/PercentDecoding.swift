private func hexValue(_ c: UInt8) -> UInt8? {
    switch c {
    case 0x30...0x39: c - 0x30
    case 0x41...0x46: c - 0x41 + 10
    case 0x61...0x66: c - 0x61 + 10
    default: nil
    }
}

/// Strict: nil on a broken escape, on invalid UTF-8 and on control characters.
func percentDecoded(_ bytes: some Collection<UInt8>, plusIsSpace: Bool) -> String? {
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    var it = bytes.makeIterator()
    while let c = it.next() {
        switch c {
        case UInt8(ascii: "%"):
            guard let h = it.next().flatMap(hexValue), let l = it.next().flatMap(hexValue) else { return nil }
            out.append(h << 4 | l)
        case UInt8(ascii: "+") where plusIsSpace: out.append(0x20)
        default: out.append(c)
        }
    }
    guard let text = String(validating: out, as: UTF8.self),
        out.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
    else { return nil }
    return text
}
