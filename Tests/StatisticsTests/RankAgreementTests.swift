import Metrics
import Statistics
import Tensors
import Testing

@Suite struct RankAgreementTests {
  /// (5 - 1) / 6 of four things; with ties as in Kendall (1945): x has five ordered pairs, y six.
  @Test func tauCountsPairs() throws {
    #expect(kendallTau([1, 2, 3, 4], [10, 20, 30, 40]) == 1)
    #expect(kendallTau([1, 2, 3, 4], [4, 3, 2, 1]) == -1)
    #expect(try abs(#require(kendallTau([1, 2, 3, 4], [2, 1, 3, 4])) - 4.0 / 6) < 1e-15)
    let tied = try #require(kendallTau([1, 1, 2, 3], [1, 2, 3, 4]))
    #expect(abs(tied - 5 / 30.0.squareRoot()) < 1e-15)
    #expect(kendallTau([1, 1, 1], [1, 2, 3]) == nil && kendallTau([1], [1]) == nil)
  }

  /// One class pair; `right` of 1000 pixels of each of ten images, shifted by image.
  private func run(right: Double, seed: Double = 0) -> ResampledRun {
    let matrices = (0..<10).map { image in
      let hits = Int(1000 * (right + seed) + 4 * Double(image % 5))
      return ConfusionMatrix(classes: 2, counts: [1000, 0, 1000 - hits, hits])
    }
    return ResampledRun(matrices, replicates: 200)
  }

  private func agreement(
    _ published: [Double], _ right: [Double], spread: Double, rerun: Double = 0
  )
    -> RankAgreement?
  {
    // Each loss's seeds scatter in a way of their own.
    let runs = right.enumerated().map { loss, level in
      [-1.0, 0.2, 0.8].map { run(right: level, seed: spread * $0 * (loss % 2 == 0 ? 1 : -1)) }
    }
    return RankAgreement(published, rerun: rerun, runs: runs, .meanAccuracy)
  }

  @Test func clearOrdersHaveNarrowIntervals() throws {
    let levels = [0.3, 0.4, 0.5, 0.6, 0.7]
    let same = try #require(agreement([1, 2, 3, 4, 5], levels, spread: 0.001))
    #expect(same.tau == 1 && same.interval == 1...1)
    #expect(same.seeds == 3 && same.images == 10 && same.scores.count == 5)
    let opposed = try #require(agreement([5, 4, 3, 2, 1], levels, spread: 0.001))
    #expect(opposed.tau == -1 && opposed.interval == -1 ... -1)
  }

  /// Seeds that scatter more than the losses differ, and published scores within rerun noise.
  @Test func noiseOfEitherSideWidensTheInterval() throws {
    let levels = [0.50, 0.51, 0.52, 0.53, 0.54]
    let seeds = try #require(agreement([1, 2, 3, 4, 5], levels, spread: 0.05))
    #expect(seeds.tau == 1 && seeds.interval.lowerBound < 0.5)
    let reruns = try #require(
      agreement([0.1, 0.2, 0.3, 0.4, 0.5], [0.3, 0.4, 0.5, 0.6, 0.7], spread: 0.001, rerun: 0.2))
    #expect(reruns.tau == 1 && reruns.interval.lowerBound < 0.7)
  }

  @Test func whatCannotBeComparedHasNone() {
    #expect(agreement([1, 1, 1, 1, 1], [0.3, 0.4, 0.5, 0.6, 0.7], spread: 0) == nil)
    let (one, two) = (run(right: 0.5), run(right: 0.6))
    #expect(RankAgreement([1, 2], rerun: 0, runs: [[one, two], [one]], .meanAccuracy) == nil)
    #expect(RankAgreement([], rerun: 0, runs: [], .meanAccuracy) == nil)
  }
}
