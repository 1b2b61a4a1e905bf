import Files
import Report
import Testing

@Suite struct StatisticTests {
  @Test func sampleStandardDeviationOfDefinedValues() throws {
    let statistic = try #require(Statistic([2, nil, 4, 9]))
    #expect(statistic.mean == 5)
    // Deviations -3, -1, 4: 26 / 2 = 13.
    #expect(try abs(#require(statistic.deviation) - 13.0.squareRoot()) < 1e-12)
    #expect(Statistic([7])?.deviation == nil)
    #expect(Statistic([nil]) == nil)
  }

  @Test(arguments: [
    (1.0, 2, "1.00"), (0.005, 2, "0.01"), (99.999, 2, "100.00"), (-0.25, 1, "-0.3"),
    (-0.001, 2, "0.00"), (1234.5, 0, "1235"), (7.0625, 4, "7.0625"), (.nan, 2, "–"),
    (.infinity, 2, "–"),
  ])
  func fixedDecimals(value: Double, decimals: Int, text: String) {
    #expect(fixed(value, decimals) == text)
  }
}
