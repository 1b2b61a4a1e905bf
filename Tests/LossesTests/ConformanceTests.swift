import Foundation
import Losses
import Synchronization
import Tensors
import Testing

/// Losses broken on purpose: each must fail the lines that its mistake shows in, and no other.
@Suite struct ConformanceTests {
  /// A loss given by what it does.
  struct Handmade: Loss {
    let body: @Sendable (LossInput) -> LossResult
    func evaluate(_ input: LossInput) -> LossResult { body(input) }
  }

  private func failures(
    _ claims: LossClaims = LossClaims(differsFromCE: false),
    _ body: @escaping @Sendable (LossInput) -> LossResult
  ) throws -> [String] {
    try LossConformance(claims: claims) { _, _ in Handmade(body: body) }.check()
      .filter { $0.outcome == .fail }.map(\.property)
  }

  @Test func crossEntropyPassesAndDiffersNotFromItself() throws {
    let ce: @Sendable (LossInput) -> LossResult = { CrossEntropyLoss().evaluate($0) }
    #expect(try failures(LossClaims(lowerBound: 0, differsFromCE: false), ce) == [])
    #expect(try failures(LossClaims(), ce) == ["differs from CE"])
  }

  @Test func wrongFactorInTheGradient() throws {
    let failed = try failures { input in
      let result = CrossEntropyLoss().evaluate(input)
      for i in 0..<result.gradient.count { result.gradient[i] *= 1.01 }
      return result
    }
    #expect(failed == ["gradient", "absent classes", "single class"])
  }

  /// Right unless classes are missing: a mean over all classes here, over those present there.
  @Test func wrongWithAbsentClasses() throws {
    let failed = try failures { input in
      let result = CrossEntropyLoss().evaluate(input)
      let present = input.classPixels.count { $0 > 0 }
      let factor: Float = present > 1 && present < input.classes / 2 ? 0.5 : 1
      for i in 0..<result.gradient.count { result.gradient[i] *= factor }
      return result
    }
    #expect(failed == ["absent classes"])
  }

  @Test func weightThatShouldHaveBeenDifferentiated() throws {
    let failed = try failures { input in
      // (1 - p) ce with the gradient of a constant weight.
      reweightedCrossEntropy(input, normalizer: Double(input.validPixels)) { pixel in
        PixelWeight(constant: Double(pixel.miss))
      }.result
    }
    #expect(failed == ["gradient", "absent classes", "single class"])
  }

  @Test func nothingToLearn() throws {
    let failed = try failures { input in
      var result = LossResult.zero(input)
      result.value = CrossEntropyLoss().evaluate(input).value.isNaN ? .nan : 0
      return result
    }
    #expect(failed == ["gradient"])
  }

  /// One minus the mean recall of an argmax, as it is copied from place to place.
  private func hardRecall(_ input: LossInput) -> LossResult {
    var result = LossResult.zero(input)
    let weights = RecallLoss().evaluate(input).classWeights ?? []
    let present = weights.filter { !$0.isNaN }
    result.value = present.reduce(0, +) / Double(max(1, present.count))
    if CrossEntropyLoss().evaluate(input).value.isNaN { result.value = .nan }
    return result
  }

  @Test func lossWithoutAGradientIsWarnedOf() throws {
    let findings = try LossConformance(claims: LossClaims(lowerBound: 0, upperBound: 1)) { _, _ in
      Handmade { hardRecall($0) }
    }.check()
    let first = try #require(findings.first)
    #expect(first.property == "no gradient" && first.outcome == .warning)
    #expect(
      first.measured.hasPrefix(
        "the gradient is zero everywhere, although the value changes with the logits, by up to 1"))
    #expect(first.measured.hasSuffix(": training cannot lower this loss"))
    #expect(first.advice.hasPrefix("An argmax, "))
    let failed = findings.filter { $0.outcome == .fail }
    #expect(failed.map(\.property) == ["gradient"])
    #expect(failed.map(\.advice) == ["There is no gradient: see the warning."])
    #expect(findings.count { $0.outcome == .warning } == 1)
  }

  /// Neither a loss that is constant nor one whose gradient vanishes here and there.
  @Test func otherLossesAreNotWarnedOf() throws {
    for text in ["recall", "ce", "lovasz", "jaccard_metric"] {
      let findings = try LossConformance(LossSpecification(parsing: text)).check()
      #expect(!findings.contains { $0.outcome == .warning })
    }
    let constant = try LossConformance { _, _ in Handmade { .zero($0) } }.check()
    #expect(!constant.contains { $0.outcome == .warning })
  }

  /// (1 - p) ce, its factor detached.
  private struct Detached: LossWithHeldFactors {
    func evaluate(_ input: LossInput) -> LossResult {
      evaluate(input, factors: input.probabilities)
    }

    func holdingFactors(of input: LossInput) -> any Loss {
      let factors = input.probabilities
      return Handmade { evaluate($0, factors: factors) }
    }

    private func evaluate(_ input: LossInput, factors: Tensor) -> LossResult {
      reweightedCrossEntropy(input, normalizer: Double(input.validPixels)) { pixel in
        PixelWeight(constant: 1 - Double(factors[pixel.index * input.classes + pixel.label]))
      }.result
    }
  }

  @Test func factorsWithoutAGradientAreHeld() throws {
    let losses: [any Loss] = [
      Detached(), WeightedSumLoss([(2, Detached()), (1, CrossEntropyLoss())]),
    ]
    for loss in losses {
      let findings = try LossConformance(claims: LossClaims(lowerBound: 0)) { _, _ in loss }.check()
      #expect(findings.allSatisfy { $0.outcome != .fail })
    }
  }

  @Test func gradientAtIgnoredPixels() throws {
    let failed = try failures { input in
      let result = CrossEntropyLoss().evaluate(input)
      guard input.validPixels > input.labels.pixels / 2 else { return result }
      let c = input.classes
      for (i, id) in input.labels.ids.enumerated() where id == LabelMap.ignored {
        for j in 0..<c { result.gradient[i * c + j] = 1e-20 }
      }
      return result
    }
    #expect(failed == ["no gradient at ignored pixels"])
  }

  @Test func readsIgnoredPixels() throws {
    let failed = try failures { input in
      var result = CrossEntropyLoss().evaluate(input)
      guard input.labels.pixels > 1000 else { return result }
      for (i, id) in input.labels.ids.enumerated() where id == LabelMap.ignored {
        result.value += Double(input.logits[i * input.classes])
      }
      return result
    }
    #expect(failed == ["no influence of ignored pixels"])
  }

  @Test func dividesByTheNumberOfValidPixels() throws {
    let failed = try failures { input in
      var result = CrossEntropyLoss().evaluate(input)
      let valid = Double(input.validPixels)
      result.value = result.value * valid / valid
      return result
    }
    #expect(failed == ["all pixels ignored"])
  }

  /// -log of exp(z_y) / sum exp(z_j) in single precision, without taking off the largest.
  @Test func overflowsWhereSaturated() throws {
    let failed = try failures { input in
      var result = CrossEntropyLoss().evaluate(input)
      guard input.validPixels > 0 else { return result }
      let c = input.classes
      var sum = 0.0
      for (i, id) in input.labels.ids.enumerated() where id != LabelMap.ignored {
        let powers = (0..<c).map { exp(input.logits[i * c + $0]) }
        sum -= Double(log(powers[Int(id)] / powers.reduce(0, +)))
      }
      result.value = sum / Double(input.validPixels)
      return result
    }
    #expect(failed == ["finite at logits of +-100"])
  }

  @Test func hidesDivergence() throws {
    let failed = try failures { input in
      var result = CrossEntropyLoss().evaluate(input)
      if result.value.isNaN { result.value = 0 }
      return result
    }
    #expect(failed == ["divergence shows"])
  }

  @Test func writesToItsInput() throws {
    let failed = try failures { input in
      let result = CrossEntropyLoss().evaluate(input)
      input.probabilities[0] = -1
      return result
    }
    #expect(failed == ["inputs untouched"])
  }

  @Test func dependsOnTheOrderOfImages() throws {
    let body: @Sendable (LossInput) -> LossResult = { input in
      // A weight that depends on the image.
      reweightedCrossEntropy(input, normalizer: Double(input.validPixels)) { pixel in
        PixelWeight(constant: pixel.index < input.labels.h * input.labels.w ? 2 : 1)
      }.result
    }
    #expect(try failures(LossClaims(), body) == ["order of images"])
    #expect(try failures(LossClaims(permutationInvariant: false), body) == [])
  }

  @Test func boundsThatDoNotHold() throws {
    let ce: @Sendable (LossInput) -> LossResult = { CrossEntropyLoss().evaluate($0) }
    for claims in [
      LossClaims(lowerBound: 1000, differsFromCE: false),
      LossClaims(lowerBound: 0, upperBound: 1, differsFromCE: false),
    ] { #expect(try failures(claims, ce) == ["bounds"]) }
  }

  @Test func randomLossIsSaidToBeRandom() throws {
    let source = Mutex(RandomSource(seed: 1))
    let findings = try LossConformance { _, _ in
      Handmade { input in
        let result = CrossEntropyLoss().evaluate(input)
        let factor = source.withLock { 1 + 0.01 * Float($0.below(1000)) / 1000 }
        for i in 0..<result.gradient.count { result.gradient[i] *= factor }
        return result
      }
    }.check()
    #expect(findings.map(\.property) == ["random"])
    #expect(findings[0].outcome == .warning)
    #expect(findings[0].measured.contains("differ by 0 in the value and by "))
  }

  @Test func dependsOnTheThreads() throws {
    let failed = try failures { input in
      var result = CrossEntropyLoss().evaluate(input)
      result.value += Double(input.compute.threads - 1) * 1e-12
      return result
    }
    #expect(failed == ["same bits for 1 and 2 threads"])
  }

  /// Memory that is taken for zeros.
  @Test func readsMemoryBeforeWritingIt() throws {
    let failed = try failures { input in
      let result = CrossEntropyLoss().evaluate(input)
      guard input.labels.pixels > 1000 else { return result }
      let gradient = input.compute.empty(input.logits.shape)
      let c = input.classes
      for (i, id) in input.labels.ids.enumerated() where id != LabelMap.ignored {
        for j in i * c..<(i + 1) * c { gradient[j] = result.gradient[j] }
      }
      return LossResult(value: result.value, gradient: gradient)
    }
    #expect(failed.contains("same bits for 1 and 2 threads"))
  }

  /// Cross-entropy that jumps where the logits of a batch, or the first of them, are exceeded.
  private func jumps(_ count: @escaping @Sendable ([Float]) -> Int) throws -> [ConformanceFinding] {
    let centers = Dictionary(uniqueKeysWithValues: smoothBatches.map { ($0.shape, $0.logits) })
    return try LossConformance(claims: LossClaims(differsFromCE: false)) { _, _ in
      Handmade { input in
        var result = CrossEntropyLoss().evaluate(input)
        let center = input.validPixels > 0 ? centers[input.logits.shape] ?? [] : []
        for i in 0..<count(center) where input.logits[i] > center[i] { result.value += 1 }
        return result
      }
    }.check()
  }

  @Test func fewUnknownKinksAreLeftOut() throws {
    let findings = try jumps { min(1, $0.count) }
    #expect(findings.allSatisfy { $0.outcome != .fail })
    #expect(findings[0].measured.hasSuffix("; 4 of 382 logits lie at a kink"))
  }

  @Test func manyKinksAreAFailure() throws {
    let failed = try jumps(\.count).filter { $0.outcome == .fail }
    #expect(failed.map(\.property) == ["gradient", "absent classes", "single class"])
    #expect(failed.allSatisfy { $0.measured.contains("too many") })
  }

  /// Cross-entropy whose pixels beside one of another class count three times as much.
  private func boundaryWeighted(_ input: LossInput) -> LossResult {
    let (ids, h, w) = (input.labels.ids, input.labels.h, input.labels.w)
    func isNearBoundary(_ i: Int) -> Bool {
      let (y, x) = (i / w % h, i % w)
      let neighbors = [(-1, 0), (1, 0), (0, -1), (0, 1)].filter {
        (0..<h).contains(y + $0.0) && (0..<w).contains(x + $0.1)
      }
      return neighbors.contains { dy, dx in
        ids[i + dy * w + dx] != ids[i] && ids[i + dy * w + dx] != LabelMap.ignored
      }
    }
    let weights = ids.indices.map { i in
      ids[i] == LabelMap.ignored ? 0.0 : isNearBoundary(i) ? 3 : 1
    }
    let sum = weights.reduce(0, +)
    guard sum > 0 else { return .zero(input) }
    return reweightedCrossEntropy(input, normalizer: sum) { pixel in
      PixelWeight(constant: weights[pixel.index])
    }.result
  }

  /// With labels drawn pixel by pixel, every pixel would be at a boundary, and the loss that of `ce`.
  @Test func boundaryLossDiffersFromCrossEntropy() throws {
    let findings = try LossConformance(claims: LossClaims(lowerBound: 0)) { _, _ in
      Handmade { boundaryWeighted($0) }
    }.check()
    #expect(findings.allSatisfy { $0.outcome != .fail }, "\(findings)")
    let note = findings.first { $0.outcome == .note }
    #expect(note?.measured.contains("the loss sees neighborhoods, as boundary losses do") == true)
    let recall = try LossConformance(LossSpecification(parsing: "recall")).check()
    let other = recall.first { $0.outcome == .note }
    #expect(other?.measured.contains("no shapes or boundaries") == true)
  }

  /// Most pixels of the batches' labels have a neighbor of their own class on each side.
  @Test func labelsAreRegions() {
    let batch = ConformanceBatch.large
    let (ids, w) = (batch.labels.ids, batch.shape.w)
    let same = ids.indices.dropLast().count { $0 % w + 1 < w && ids[$0] == ids[$0 + 1] }
    #expect(Double(same) > 0.85 * Double(ids.count))
    #expect(Set(ids) == Set(Array(0..<UInt8(batch.shape.c)) + [LabelMap.ignored]))
    for batch in smoothBatches where batch.name != "one pixel" && batch.name != "one class" {
      #expect(Set(batch.labels.ids).subtracting([LabelMap.ignored]).count > 1, "\(batch.name)")
    }
  }

  @Test func hintsAreInTheLanguageOfTheLoss() throws {
    func advice(_ claims: LossClaims) throws -> [String] {
      try LossConformance(claims: claims) { _, _ in CrossEntropyLoss() }.check().map(\.advice)
    }
    let (swift, torch) = (try advice(LossClaims()), try advice(LossClaims(computedElsewhere: true)))
    let words = ["LossResult", "LabelMap", "Compute.", "LossInput", "reweightedCrossEntropy"]
    // The last property is not claimed of losses that are computed elsewhere.
    let told = torch.filter { !$0.contains("Cut the work") }
    #expect(told.allSatisfy { text in !words.contains { text.contains($0) } }, "\(told)")
    #expect(swift.contains { text in words.contains { text.contains($0) } })
    #expect(told.contains { $0.contains("torch.") } && !swift.contains { $0.contains("torch.") })
  }

  /// Nothing is read past the end of a gradient that is too short.
  @Test func gradientOfAnotherShapeIsAllThatIsSaid() throws {
    let findings = try LossConformance { _, _ in
      Handmade { input in
        LossResult(value: 1, gradient: Tensor(input.logits.shape.with(c: 1)))
      }
    }.check()
    #expect(findings.map(\.property) == ["gradient's shape"])
    #expect(findings.map(\.outcome) == [.fail])
  }

  @Test func whatIsNotClaimedIsMeasuredButDoesNotFail() throws {
    let findings = try LossConformance(
      claims: LossClaims(ignoresIgnoredPixels: false, differsFromCE: false)
    ) { _, _ in CrossEntropyLoss() }.check()
    let unclaimed = findings.filter { $0.outcome == .notClaimed }
    #expect(
      unclaimed.map(\.property) == [
        "no gradient at ignored pixels", "no influence of ignored pixels", "bounds",
        "differs from CE",
      ])
    #expect(findings.allSatisfy { !$0.measured.isEmpty && !$0.advice.isEmpty })
  }
}
