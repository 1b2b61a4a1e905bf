import ArgumentParser
import Experiments
import Files
import Foundation
import Losses
import Tensors

struct LossesEvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Compute a loss and its gradient on arrays from NumPy files.",
    discussion: """
      This command prints one JSON object: "loss" is the loss in its normal notation, and "value" \
      is its value, with as many digits as it takes to read back the same number. A value that is \
      not finite is printed as null, with a warning. A loss with memory is in its initial state. A \
      --torch loss gets labels that are 255 where they are ignored.

        recallbench losses evaluate --loss "focal(gamma: 2)" --logits z.npy \\
          --labels y.npy --gradient dz.npy
      """)

  @Option(
    help: ArgumentHelp(
      "Loss, such as recall, \"focal(gamma: 2)\" or my_losses.py:MyLoss.", valueName: "spec"))
  var loss: String?
  @OptionGroup var torch: TorchOptions
  @Option(help: ArgumentHelp("Logits, float32 [N, C, H, W].", valueName: "npy"))
  var logits: String
  @Option(help: ArgumentHelp("Class ids from 0, uint8 or int64 [N, H, W].", valueName: "npy"))
  var labels: String
  @Option(
    help: ArgumentHelp(
      "Training pixels of each class, int64 [C], for losses weighted by them (default: counted in "
        + "the labels).", valueName: "npy"))
  var classCounts: String?
  @Option(
    help: ArgumentHelp(
      "File for the gradient with respect to the logits, float32 [N, C, H, W].", valueName: "npy"))
  var gradient: String?
  @OptionGroup var overwrite: OverwriteOptions
  @Option(help: "Label id of pixels to ignore; write a negative one as --ignore=-100.")
  var ignore: Int = 255
  @OptionGroup(title: "PyTorch") var python: PythonOptions
  @OptionGroup(title: "Machine") var machine: ThreadOptions

  func validate() throws { try torch.requireOne(besides: loss, "--loss") }

  func run() throws {
    let choice = try torch.choice(besides: loss)
    let output = gradient.map(overwrite.file)
    try output?.checkPlace(besides: [logits, labels] + [classCounts].compactMap(\.self))
    let (shape, scores) = try readLogits()
    let map = try readLabels(shape)
    let counts = try readCounts(classes: shape.c) ?? map.histogram(classes: shape.c)
    let criterion = try make(choice, classes: shape.c, classPixels: counts)
    let compute = Compute(threads: machine.threadCount)
    let result = try criterion.evaluate(
      LossInput(logits: Tensor(shape, scores), labels: map, compute: compute))
    if let output {
      if !result.gradient.array.allSatisfy(\.isFinite) {
        warn("\(output.path): the gradient has values that are not finite")
      }
      try output.write(
        NumPy.encode(
          channelsFirst(result.gradient.array, shape), shape: [shape.n, shape.c, shape.h, shape.w],
          of: URL(filePath: output.path)))
      if output.isStandardOutput { return }
    }
    try report(choice.notation, result.value)
  }

  private func make(
    _ choice: LossChoice, classes: Int, classPixels: [Int]
  ) throws -> any Loss {
    switch choice {
    case .torch(let file):
      try TorchLoss(file, python.setup, threads: machine.threadCount, allowsNonFinite: true)
    case .registered(let notation):
      try LossRegistry.make(
        LossSpecification(parsing: notation), classes: classes, classPixels: classPixels)
    }
  }

  private func report(_ loss: String, _ value: Double) throws {
    if !value.isFinite { warn("the value is \(value), which JSON cannot represent as a number") }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let answer = Answer(loss: loss, value: value.isFinite ? value : nil)
    print(String(decoding: try encoder.encode(answer), as: UTF8.self))
  }

  private struct Answer: Encodable {
    var loss: String
    var value: Double?

    enum CodingKeys: CodingKey { case loss, value }

    /// Writes `null`, instead of leaving the key out, if there is no number.
    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(loss, forKey: .loss)
      try container.encode(value, forKey: .value)
    }
  }
}

// Turns files into what a loss takes. `LossInput` traps on bad input, so all checks are here.
extension LossesEvaluateCommand {
  /// [N, C, H, W] as [N, H, W, C].
  private func readLogits() throws -> (Shape, [Float]) {
    let (extents, values) = try NumPy.read(URL(filePath: logits), as: Float.self)
    guard extents.count == 4, !values.isEmpty else {
      throw UserError(
        path: logits, problem: "has shape \(extents); logits are [N, C, H, W], none of them 0")
    }
    let most = Int(LabelMap.ignored)
    guard extents[1] <= most else {
      throw UserError(
        path: logits, problem: "has \(extents[1]) classes; at most \(most) are allowed")
    }
    let shape = Shape(n: extents[0], h: extents[2], w: extents[3], c: extents[1])
    return (shape, channelsLast(values, shape))
  }

  private func readLabels(_ shape: Shape) throws -> LabelMap {
    let url = URL(filePath: labels)
    let types = [UInt8.descriptor, Int64.descriptor]
    let (extents, ids) =
      try NumPy.elementType(of: url, among: types) == UInt8.descriptor
      ? widened(NumPy.read(url, as: UInt8.self)) : widened(NumPy.read(url, as: Int64.self))
    let needed = [shape.n, shape.h, shape.w]
    guard extents == needed else {
      throw UserError(
        path: labels, problem: "has shape \(extents), but the logits need \(needed) (N, H, W)")
    }
    let bytes = try ids.enumerated().map { index, id in
      if id == ignore { return LabelMap.ignored }
      guard (0..<shape.c).contains(id) else {
        let place = [index / (shape.h * shape.w), index / shape.w % shape.h, index % shape.w]
        throw UserError(
          path: labels,
          problem: "label \(id) at \(place) is neither a class from 0 to \(shape.c - 1) nor the "
            + "ignored \(ignore); correct it or name it with --ignore=\(id)")
      }
      return UInt8(id)
    }
    return LabelMap(n: shape.n, h: shape.h, w: shape.w, ids: bytes)
  }

  private func widened(
    _ array: (shape: [Int], values: [some BinaryInteger])
  ) -> (shape: [Int], values: [Int]) {
    (array.shape, array.values.map { Int($0) })
  }

  private func readCounts(classes: Int) throws -> [Int]? {
    guard let classCounts else { return nil }
    let (shape, values) = try NumPy.read(URL(filePath: classCounts), as: Int64.self)
    guard shape == [classes], values.allSatisfy({ $0 >= 0 }) else {
      throw UserError(
        path: classCounts,
        problem: "has shape \(shape); it must hold the counts of \(classes) classes, [\(classes)], "
          + "none of them negative")
    }
    let total = values.reduce((0, false)) { sum, count in
      let (next, overflow) = sum.0.addingReportingOverflow(Int(count))
      return (next, sum.1 || overflow)
    }
    guard !total.1 else {
      throw UserError(path: classCounts, problem: "holds counts whose sum is above 2^63")
    }
    return values.map { Int($0) }
  }
}

/// [N, C, H, W] to [N, H, W, C].
private func channelsLast(_ values: [Float], _ shape: Shape) -> [Float] {
  let plane = shape.h * shape.w
  return (0..<shape.count).map { i in
    let (pixel, c) = (i / shape.c, i % shape.c)
    return values[(pixel / plane * shape.c + c) * plane + pixel % plane]
  }
}

/// [N, H, W, C] to [N, C, H, W].
private func channelsFirst(_ values: [Float], _ shape: Shape) -> [Float] {
  let plane = shape.h * shape.w
  return (0..<shape.count).map { i in
    let (image, c, pixel) = (i / (plane * shape.c), i / plane % shape.c, i % plane)
    return values[(image * plane + pixel) * shape.c + c]
  }
}
