/// Cuts a batch's rows into statements of few sizes, so that few are prepared: a full batch is one, any other at most one of each power of two.
func rowChunks(_ rows: Int, most: Int) -> [Int] {
    var chunks = Array(repeating: most, count: rows / most)
    var rest = rows % most
    var size = 64
    while rest > 0 {
        if size <= rest {
            chunks.append(size)
            rest -= size
        } else {
            size /= 2
        }
    }
    return chunks
}
