/// The cells of one or more ranges, kept as the bytes that Google sent and the places where their rows begin.
///
/// A sheet of 4,137 rows and 185 columns is a few megabytes so; as values it would be hundreds.
struct SheetValues: Sendable {
    /// One `ValueRange` of the API.
    struct Block: Sendable {
        /// The range as Google understood it: `'買主リスト'!A1:GZ6000`.
        var range = ""
        /// Where the array of each row begins in the body.
        var rowStarts: [Int] = []
    }

    let body: [UInt8]
    let blocks: [Block]

    /// Reads the answer to `values.get`, checked to its end: a gzip body that was cut can arrive as a success.
    init(valuesGet body: [UInt8]) throws(JSONScan.Problem) {
        try checkUTF8(body.span)
        var scan = JSONScan()
        let block = try scan.block(body.span)
        try scan.expectEnd(body.span)
        (self.body, blocks) = (body, [block])
    }

    /// Reads the answer to `values.batchGet`, checked to its end; blocks come in the order asked for.
    init(batchGet body: [UInt8]) throws(JSONScan.Problem) {
        try checkUTF8(body.span)
        var scan = JSONScan()
        var blocks: [Block] = []
        try scan.object(body.span) { (scan, name) throws(JSONScan.Problem) in
            guard spells(body.span, name, "valueRanges") else { return try scan.skipValue(body.span) }
            try scan.array(body.span) { (scan) throws(JSONScan.Problem) in blocks.append(try scan.block(body.span)) }
        }
        try scan.expectEnd(body.span)
        (self.body, self.blocks) = (body, blocks)
    }

    /// Calls `take` with each cell of a row that is there, by its column in the block; a row behind the last has none.
    func cells(block: Int, row: Int, _ take: (Int, JSONScan.Scalar) -> Void) throws(JSONScan.Problem) {
        guard row < blocks[block].rowStarts.count else { return }
        var scan = JSONScan(at: blocks[block].rowStarts[row])
        var column = 0
        try scan.array(body.span) { (scan) throws(JSONScan.Problem) in
            take(column, try scan.scalar(body.span))
            column += 1
        }
    }

    /// The bytes of a string cell; nothing for any other.
    func text(_ scalar: JSONScan.Scalar?) -> [UInt8] {
        guard case .string(let range, let hasEscapes)? = scalar else { return [] }
        guard hasEscapes else { return Array(body[range]) }
        var bytes: [UInt8] = []
        let isSound = appendUnescaped(body.span, range, to: &bytes)
        assert(isSound, "escapes were checked when the body was read")
        return bytes
    }
}

extension JSONScan {
    /// Reads one `ValueRange`.
    fileprivate mutating func block(_ text: Span<UInt8>) throws(Problem) -> SheetValues.Block {
        var block = SheetValues.Block()
        var scratch: [UInt8] = []
        try object(text) { (scan, name) throws(Problem) in
            if spells(text, name, "values") {
                try scan.array(text) { (scan) throws(Problem) in block.rowStarts.append(try scan.row(text, &scratch)) }
            } else if spells(text, name, "range") {
                guard case .string(let range, _) = try scan.scalar(text) else { throw Problem(offset: scan.position, expected: "a range") }
                scratch.removeAll(keepingCapacity: true)
                if appendUnescaped(text, range, to: &scratch) { block.range = String(decoding: scratch, as: UTF8.self) }
            } else {
                try scan.skipValue(text)
            }
        }
        return block
    }

    /// Checks one row and says where it begins.
    private mutating func row(_ text: Span<UInt8>, _ scratch: inout [UInt8]) throws(Problem) -> Int {
        let start = position
        try array(text) { (scan) throws(Problem) in
            guard case .string(let range, hasEscapes: true) = try scan.scalar(text) else { return }
            scratch.removeAll(keepingCapacity: true)
            guard appendUnescaped(text, range, to: &scratch) else { throw Problem(offset: range.lowerBound, expected: "known escapes") }
        }
        return start
    }
}
