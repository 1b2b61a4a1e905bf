import Datasets
import Tensors
import Testing

@Suite struct AugmentationTests {
  /// Dark left half of class 0, bright right half of class 1.
  private func halves(height: Int, width: Int) -> LabeledImage {
    let isRight = (0..<height * width).map { $0 % width >= width / 2 }
    return LabeledImage(
      image: ColorImage(
        height: height, width: width,
        bytes: isRight.flatMap { [UInt8](repeating: $0 ? 220 : 30, count: 3) }),
      labels: LabelImage(height: height, width: width, ids: isRight.map { $0 ? 1 : 0 }))
  }

  @Test func mirroringExchangesColumns() {
    let sample = LabeledImage(
      image: ColorImage(height: 1, width: 3, bytes: [1, 2, 3, 4, 5, 6, 7, 8, 9]),
      labels: LabelImage(height: 1, width: 3, ids: [0, 1, 255]))
    #expect(sample.mirrored.image.bytes == [7, 8, 9, 4, 5, 6, 1, 2, 3])
    #expect(sample.mirrored.labels.ids == [255, 1, 0])
  }

  @Test func flipMirrorsAboutEverySecondSample() {
    let sample = halves(height: 2, width: 4)
    var mirrored = 0
    for seed in 0..<400 {
      var random = RandomSource(seed: UInt64(seed))
      let result = Augmentation.flip.apply(to: sample, height: 2, width: 4, random: &random)
      #expect(result == sample || result == sample.mirrored)
      if result == sample.mirrored { mirrored += 1 }
    }
    #expect((160...240).contains(mirrored))
  }

  @Test func noneOnlyResizes() {
    let sample = halves(height: 4, width: 8)
    var random = RandomSource(seed: 1)
    let result = Augmentation.none.apply(to: sample, height: 2, width: 4, random: &random)
    #expect(result == sample.resized(height: 2, width: 4))
  }

  /// Bit by bit the three blends of one pixel after the other.
  @Test(
    arguments: [(0.5, 1.5, 0.5), (1.5, 0.5, 1.5), (1, 1, 1), (1.21, 0.83, 1.37)]
      as [(Float, Float, Float)])
  func jitterIsThreeBlends(brightness: Float, contrast: Float, saturation: Float) {
    let pixels = 997
    let bytes = (0..<pixels * 3).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 11) }
    var image = ColorImage(height: 1, width: pixels, bytes: bytes)
    ColorJitter(brightness: brightness, contrast: contrast, saturation: saturation)
      .apply(to: &image)
    func clamped(_ color: SIMD3<Float>) -> SIMD3<Float> {
      color.clamped(lowerBound: SIMD3(repeating: 0), upperBound: SIMD3(repeating: 255))
    }
    func gray(_ c: SIMD3<Float>) -> Float { 0.299 * c.x + 0.587 * c.y + 0.114 * c.z }
    let bright = (0..<pixels).map { p in
      clamped(brightness * SIMD3((0..<3).map { Float(bytes[p * 3 + $0]) }))
    }
    let mean = Float(bright.reduce(0.0) { $0 + Double(gray($1)) } / Double(pixels))
    for p in 0..<pixels {
      var color = clamped(contrast * bright[p] + (1 - contrast) * mean)
      color = clamped(saturation * color + (1 - saturation) * gray(color))
      for c in 0..<3 { #expect(image.bytes[p * 3 + c] == UInt8(color[c] + 0.5)) }
    }
  }

  @Test("A crop of a larger image keeps image and labels aligned")
  func aligned() {
    let sample = halves(height: 40, width: 60)
    var (mirrored, placed) = (Set<Bool>(), Set<Int>())
    for seed in 0..<60 {
      var random = RandomSource(seed: UInt64(seed))
      let result = Augmentation.cityscapes.apply(to: sample, height: 16, width: 24, random: &random)
      #expect(result.height == 16 && result.width == 24)
      let ids = result.labels.ids
      #expect(ids.allSatisfy { $0 < 2 })
      let values = ids.indices.map { (ids[$0], result.image.bytes[$0 * 3]) }
      let dark = values.filter { $0.0 == 0 }.map(\.1).max() ?? 0
      let bright = values.filter { $0.0 == 1 }.map(\.1).min() ?? 255
      #expect(dark <= bright)
      if let edge = (1..<24).first(where: { ids[$0] != ids[$0 - 1] }) {
        mirrored.insert(ids[0] == 1)
        placed.insert(edge)
      }
    }
    #expect(mirrored == [true, false])
    #expect(placed.count > 10)
  }

  @Test("A crop larger than the scaled image is padded with ignored labels and the mean color")
  func padded() {
    let sample = halves(height: 10, width: 20)
    // Round(10 s) * round(20 s) for the six scales.
    let areas = [8 * 15, 10 * 20, 13 * 25, 15 * 30, 18 * 35, 20 * 40]
    var seen = Set<Int>()
    for seed in 0..<80 {
      var random = RandomSource(seed: UInt64(seed))
      let result = Augmentation.cityscapes.apply(to: sample, height: 50, width: 60, random: &random)
      #expect(result.height == 50 && result.width == 60)
      let valid = result.labels.ids.count { $0 != LabelMap.ignored }
      #expect(areas.contains(valid))
      seen.insert(valid)
      for p in result.labels.ids.indices where result.labels.ids[p] == LabelMap.ignored {
        #expect(Array(result.image.bytes[p * 3..<p * 3 + 3]) == [124, 116, 104])
      }
    }
    #expect(seen == Set(areas))
  }

  @Test func jitterByHand() {
    var image = ColorImage(height: 1, width: 2, bytes: [100, 100, 100, 20, 60, 20])
    ColorJitter(brightness: 1, contrast: 1, saturation: 1).apply(to: &image)
    #expect(image.bytes == [100, 100, 100, 20, 60, 20])
    var bright = image
    ColorJitter(brightness: 1.5, contrast: 1, saturation: 1).apply(to: &bright)
    #expect(bright.bytes == [150, 150, 150, 30, 90, 30])
    // Gray of the second pixel: 0.299 * 20 + 0.587 * 60 + 0.114 * 20 = 43.48; the mean is 71.74.
    var flat = image
    ColorJitter(brightness: 1, contrast: 0.5, saturation: 1).apply(to: &flat)
    #expect(flat.bytes == [86, 86, 86, 46, 66, 46])
    var pale = image
    ColorJitter(brightness: 1, contrast: 1, saturation: 0.5).apply(to: &pale)
    #expect(pale.bytes == [100, 100, 100, 32, 52, 32])
    var clamped = ColorImage(height: 1, width: 1, bytes: [200, 0, 255])
    ColorJitter(brightness: 1.5, contrast: 1, saturation: 1).apply(to: &clamped)
    #expect(clamped.bytes == [255, 0, 255])
  }
}
