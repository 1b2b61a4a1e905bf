import Foundation
import Scenes
import Tensors
import Testing

/// Class shares follow the real data sets': within a factor of 1.5, and of 2 (sampling noise of a
/// test's few pictures included) for classes of no more than 0.3%.
private func expectFollows(_ shares: ClassShares) {
  #expect(abs(shares.rows.map(\.measured).reduce(0, +) - 100) < 1e-6)
  #expect(abs(shares.rows.map(\.published).reduce(0, +) - 100) < 1)
  for row in shares.rows {
    let factor = row.published <= 0.3 ? 2 : 1.5
    #expect(
      row.measured > row.published / factor && row.measured < row.published * factor,
      "\(row.name): rendered \(row.measured)%, real \(row.published)%")
  }
}

@Test func cityscapesSharesFollowThePublishedOnes() throws {
  try withTemporaryFolder { root in
    let record = try StreetScenes.renderCityscapes(
      to: root, train: 240, validation: 0,
      configuration: SceneConfiguration(seed: 1, height: 64, width: 128),
      compute: Compute(threads: 2))
    #expect(record.shares.rows.count == 19)
    expectFollows(record.shares)
  }
}

@Test func synthiaSharesFollowTheChosenOnes() throws {
  try withTemporaryFolder { root in
    let record = try StreetScenes.renderSynthia(
      to: root, framesPerView: 48,
      configuration: SceneConfiguration(seed: 1, height: 64, width: 128, framesPerScene: 1),
      compute: Compute(threads: 2))
    #expect(record.shares.rows.count == 13)
    #expect(record.shares.rows.min { $0.measured < $1.measured }?.name == "bicycle")
    expectFollows(record.shares)
  }
}

@Test func sharesAreShownSideBySide() throws {
  try withTemporaryFolder { root in
    let record = try renderSmall(.cityscapes, to: root)
    let lines = record.shares.table.split(separator: "\n")
    #expect(lines.count == 21)
    let road = try #require(record.shares.rows.first)
    #expect(lines[2] == "| road | \(String(format: "%.2f", road.measured)) | 36.90 |")
    let evaluated = record.pixels.filter {
      Int($0.key).map { $0 >= 7 && $0 != 9 && $0 != 10 } == true
    }
    let total = evaluated.values.reduce(0, +)
    let expected = 100 * Double(record.pixels["7"] ?? 0) / Double(total)
    #expect(abs(road.measured - expected) < 1e-9)
  }
}
