import Reporting
import Testing

struct SentencesTests {
    @Test(arguments: [(0, "0"), (7, "7"), (999, "999"), (1000, "1,000"), (4137, "4,137"), (1_234_567, "1,234,567"), (-4137, "-4,137"), (-100, "-100")])
    func `thousands are set apart`(number: Int, text: String) {
        #expect(grouped(number) == text)
    }

    @Test func `the whole range of numbers can be written`() {
        #expect(grouped(Int64.min) == "-9,223,372,036,854,775,808")
        #expect(grouped(UInt64.max) == "18,446,744,073,709,551,615")
    }

    @Test func `a count agrees with its noun`() {
        #expect([0, 1, 2, 4137].map { count($0, "row") } == ["0 rows", "1 row", "2 rows", "4,137 rows"])
        #expect([1, 2].map { count($0, "entry", "entries") } == ["1 entry", "2 entries"])
    }

    @Test(arguments: [
        (Duration.zero, "0.0 s"), (.milliseconds(449), "0.4 s"), (.milliseconds(9999), "9.9 s"), (.seconds(10), "10 s"), (.seconds(59), "59 s"),
        (.seconds(60), "1 min 0 s"), (.seconds(3599), "59 min 59 s"), (.seconds(7800), "2 h 10 min"), (.seconds(90_000_000), "25,000 h 0 min"),
    ])
    func `a duration is told in its two largest units`(duration: Duration, text: String) {
        #expect(inWords(duration) == text)
    }

    @Test func `a list ends with and, or with how many more there are`() {
        #expect(listed([]) == "")
        #expect(listed(["a"]) == "a")
        #expect(listed(["a", "b"]) == "a and b")
        #expect(listed(["a", "b", "c"]) == "a, b and c")
        #expect(listed((1...12).map { "c\($0)" }, limit: 3) == "c1, c2, c3 and 9 more")
    }
}
