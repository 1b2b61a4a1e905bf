import Losses
import Tensors
import TestSupport
import Testing

private func facts(_ text: String) throws -> LossDescriptor {
  try LossSpecification(parsing: text).descriptor
}

/// What `Loss` promises, for every loss of the registry.
@Suite struct ContractTests {
  static let large = Batch.random(
    "large", Shape(n: 3, h: 50, w: 67, c: 7), ignored: 0.3, spread: 3, seed: 21)

  @Test(arguments: everyLoss)
  func allIgnoredBatchTeachesNothing(_ text: String) throws {
    var batch = Batch.random("ignored", Shape(n: 2, h: 3, w: 3, c: 4), seed: 22)
    batch.labels.ids = [UInt8](repeating: LabelMap.ignored, count: 18)
    let result = try batch.loss(text).evaluate(batch.input())
    #expect(try facts(text).zeroOnAllIgnored)
    #expect(result.value == 0)
    #expect(result.gradient.array == [Float](repeating: 0, count: 72))
    #expect(result.classWeights.map { $0.allSatisfy(\.isNaN) } != false)
  }

  @Test(arguments: everyLoss)
  func ignoredPixelsHaveNoInfluenceAndNoGradient(_ text: String) throws {
    let batch = Self.large
    var other = batch
    let (c, ids) = (batch.shape.c, batch.labels.ids)
    for i in ids.indices where ids[i] == LabelMap.ignored {
      for j in 0..<c { other.logits[i * c + j] = j == i % c ? 90 : .nan }
    }
    let loss = try batch.loss(text)
    let (a, b) = (loss.evaluate(batch.input()), loss.evaluate(other.input()))
    let atIgnored = ids.indices.filter { ids[$0] == LabelMap.ignored }.flatMap {
      a.gradient.array[$0 * c..<($0 + 1) * c]
    }
    #expect(atIgnored.count > 1000)
    guard try facts(text).ignoresIgnoredPixels else {
      #expect(b.value.isNaN && atIgnored.contains { $0 != 0 })
      return
    }
    #expect(a.value == b.value)
    #expect(a.gradient.array == b.gradient.array)
    #expect(atIgnored.allSatisfy { $0 == 0 })
  }

  @Test(arguments: everyLoss)
  func sameBitsForAnyNumberOfThreadsAndInUsedMemory(_ text: String) throws {
    let loss = try Self.large.loss(text)
    let first = loss.evaluate(Self.large.input())
    for threads in 1...3 {
      let compute = Compute(threads: threads)
      for _ in 0..<2 {
        // Memory that comes back from the cache holds something else than zeros.
        for _ in 0..<8 { compute.empty(Self.large.shape).fill(.nan) }
        let input = Self.large.input(compute)
        let result = loss.evaluate(input)
        #expect(result.value.bitPattern == first.value.bitPattern)
        #expect(
          result.gradient.array.map(\.bitPattern) == first.gradient.array.map(\.bitPattern))
        #expect(
          result.classWeights?.map(\.bitPattern) == first.classWeights?.map(\.bitPattern))
        #expect(input.labels == Self.large.labels)
        #expect(input.logits.array == Self.large.logits)
      }
    }
  }

  @Test(arguments: everyLoss, [1, 2, 19])
  func saturatedLogitsGiveFiniteNumbers(_ text: String, _ classes: Int) throws {
    var batch = Batch.random("±100", Shape(n: 2, h: 4, w: 4, c: classes), seed: 23)
    for i in batch.logits.indices { batch.logits[i] = batch.logits[i] > 0 ? 100 : -100 }
    let result = try batch.loss(text).evaluate(batch.input())
    #expect(result.value.isFinite)
    let (low, high) = (try facts(text).lowerBound, try facts(text).upperBound)
    #expect(
      result.value >= (low ?? -.infinity) - 1e-6 && result.value <= (high ?? .infinity) + 1e-6)
    #expect(result.gradient.array.allSatisfy { $0.isFinite })
  }

  @Test(arguments: everyLoss, [Float.nan, .infinity, -.infinity])
  func nonFiniteLogitsAreNotHidden(_ text: String, _ bad: Float) throws {
    var batch = Batch.random("diverged", Shape(n: 1, h: 4, w: 4, c: 3), seed: 24)
    batch.logits = batch.logits.map { $0.isNaN ? 0 : bad }
    #expect(try batch.loss(text).evaluate(batch.input()).value.isNaN)
  }

  @Test(arguments: everyLoss)
  func orderOfImagesDoesNotMatter(_ text: String) throws {
    let batch = Self.large
    var turned = batch
    let (perImage, c) = (batch.shape.h * batch.shape.w, batch.shape.c)
    turned.labels.ids = Array(batch.labels.ids[perImage...] + batch.labels.ids[..<perImage])
    turned.logits = Array(batch.logits[(perImage * c)...] + batch.logits[..<(perImage * c)])
    let (a, b) = (
      try batch.loss(text).evaluate(batch.input()), try turned.loss(text).evaluate(turned.input())
    )
    #expect(try facts(text).permutationInvariant)
    #expect(abs(a.value - b.value) <= 1e-12 * abs(a.value))
    let back = b.gradient.array[(2 * perImage * c)...] + b.gradient.array[..<(2 * perImage * c)]
    #expect(relativeDistance(back.map(Double.init), a.gradient.array.map(Double.init)) < 1e-6)
  }

  /// With the default parameters: others may make a loss cross-entropy, as gamma 0 does.
  @Test(arguments: LossRegistry.all.map(\.name))
  func differsFromCrossEntropyWhereItSaysSo(_ text: String) throws {
    let specification = try LossSpecification(parsing: text)
    let value = try Self.large.loss(text).evaluate(Self.large.input()).value
    let ce = CrossEntropyLoss().evaluate(Self.large.input()).value
    #expect((abs(value - ce) > 1e-6 * ce) == specification.descriptor.differsFromCE)
  }

  /// Logits matter only up to a constant a pixel, so each pixel's gradient sums to zero.
  @Test(arguments: everyLoss)
  func gradientSumsToZeroAtEachPixel(_ text: String) throws {
    let c = Self.large.shape.c
    let gradient = try Self.large.loss(text).evaluate(Self.large.input()).gradient.array
    for i in 0..<Self.large.shape.pixels {
      let row = gradient[i * c..<(i + 1) * c]
      let size = row.reduce(0) { $0 + abs($1) }
      #expect(abs(row.reduce(0, +)) <= 1e-5 * size + .leastNormalMagnitude)
    }
  }
}
