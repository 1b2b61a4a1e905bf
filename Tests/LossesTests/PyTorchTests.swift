import Checkpoints
import Experiments
import Foundation
import Losses
import Tensors
import TestSupport
import Testing

/// Every loss against PyTorch's autograd: `Fixtures/losses`, made by `torch/losses_fixtures.py`.
@Suite("Against PyTorch")
struct PyTorchTests {
  /// A stored batch.
  struct Case: CustomTestStringConvertible {
    let name: String
    let shape: Shape
    let logits: [Float]
    let ids: [UInt8]
    let counts: [Int]
    /// By specification.
    let values: [String: Float]
    let gradients: [String: [Float]]
    var testDescription: String { name }

    init(_ url: URL) throws {
      name = url.deletingPathExtension().lastPathComponent
      let arrays = try SafeTensors.read(url).arrays
      let named = Dictionary(uniqueKeysWithValues: arrays.map { ($0.name, $0) })
      func array(_ name: String) throws -> NamedArray { try #require(named[name], "\(url.path)") }
      let logits = try array("logits")
      let extent = logits.shape
      shape = Shape(n: extent[0], h: extent[1], w: extent[2], c: extent[3])
      self.logits = logits.values
      ids = try array("labels").values.map { UInt8($0) }
      counts = try array("counts").values.map { Int($0) }
      var (values, gradients) = ([String: Float](), [String: [Float]]())
      for array in arrays where array.name.hasSuffix("/value") {
        values[String(array.name.dropLast(6))] = array.values[0]
      }
      for array in arrays where array.name.hasSuffix("/gradient") {
        gradients[String(array.name.dropLast(9))] = array.values
      }
      (self.values, self.gradients) = (values, gradients)
    }

    func input() -> LossInput {
      let labels = LabelMap(n: shape.n, h: shape.h, w: shape.w, ids: ids)
      return LossInput(logits: Tensor(shape, logits), labels: labels, compute: Compute())
    }
  }

  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures/losses")
  static let names = [
    "random", "nineteen-classes", "two-classes", "absent-classes", "saturated-30",
    "saturated-100", "single-class", "all-ignored", "first-image-ignored", "batch-of-one",
    "one-pixel", "one-pixel-maps", "uncounted-class",
  ]

  private static func load(_ name: String) throws -> Case {
    try Case(folder.appending(path: "\(name).safetensors"))
  }

  @Test(arguments: names)
  func valueAndGradientAgree(_ name: String) throws {
    let batch = try Self.load(name)
    // The authors' code is not defined everywhere; our own losses are.
    #expect(batch.values.count >= 50 && batch.values.count == batch.gradients.count)
    for (text, value) in batch.values.sorted(by: { $0.key < $1.key }) {
      let loss = try LossRegistry.make(
        LossSpecification(parsing: text), classes: batch.shape.c, classPixels: batch.counts)
      let result = try loss.evaluate(batch.input())
      let expected = Double(value)
      #expect(
        abs(result.value - expected) <= 1e-5 * abs(expected) + 1e-30,
        "\(text): \(result.value), PyTorch \(expected)")

      let gradient = result.gradient.array.map(Double.init)
      let reference = try #require(batch.gradients[text]).map(Double.init)
      try #require(gradient.count == reference.count)
      let norm = relativeDistance(gradient, reference)
      let largest = reference.reduce(0) { max($0, abs($1)) }
      let worst = zip(gradient, reference).reduce(0) { max($0, abs($1.0 - $1.1)) }
      // Zero must be met exactly; a NaN fails either comparison.
      #expect(norm <= (largest > 0 ? 1e-4 : 0), "\(text): gradient off by \(norm) in norm")
      #expect(worst <= 1e-4 * largest, "\(text): gradient off by \(worst) at most, of \(largest)")
    }
  }

  @Test func everyBuiltInLossIsCompared() throws {
    let compared = Set(try Self.load("random").values.keys.map { $0.prefix { $0 != "(" } })
    let canonical = LossRegistry.all.prefix(8).map(\.name)
    let names =
      canonical + canonical.map { "\($0).published" } + [
        "soft_dice", "soft_tversky", "jaccard", "ldam", "precision_ce", "dice_ce", "jaccard_ce",
        "tversky_ce", "logit_adjusted_ce", "jaccard_metric", "unified_focal", "poly1_ce", "seesaw",
        "tilted_ce",
      ]
    #expect(compared.isSuperset(of: names.map { $0[...] }))
  }

  @Test func everyStoredBatchIsCompared() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
    #expect(files.sorted() == Self.names.map { "\($0).safetensors" }.sorted())
  }
}
