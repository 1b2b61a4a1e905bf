import ArgumentParser
import Experiments
import Files
import Models
import Tensors

struct LayersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "layers",
    abstract: "Measure every distinct convolution and memory-bound pass one by one.",
    discussion: """
      GF/s count the operations of the direct algorithm, regardless of what is computed; their \
      share is relative to the matrix product measured in the same rounds. GB/s count each input \
      once and each output once; their share is relative to a copy.
      """)

  @Option(help: "Images per batch.") var batch = 8
  @Option(help: "Rows of the images.") var rows = 96
  @Option(help: "Columns of the images.") var columns = 192
  @Option(help: "Channels relative to the published networks.") var width = 1.0
  @Option(help: "Rounds through all passes.") var rounds = 5
  @Flag(help: "List the convolutions and their operations without measuring.") var list = false
  @OptionGroup var speed: SpeedOptions

  func validate() throws {
    try requirePositive([
      ("batch", batch), ("rows", rows), ("columns", columns), ("rounds", rounds),
    ])
    guard width > 0, width <= 4 else { throw ValidationError("--width must be from 0 to 4.") }
  }

  private func networkCase(_ backbone: Backbone) -> NetworkCase {
    NetworkCase(backbone: backbone, width: width, batch: batch, rows: rows, columns: columns)
  }

  func run() throws {
    if list { return [Backbone.resnet18, .resnet101].forEach(printOperations) }
    try speed.store(measure())
  }

  private func printOperations(_ backbone: Backbone) {
    let layers = networkLayers(networkCase(backbone))
    var table = TextTable("\(networkCase(backbone).name)", "layers", "GFLOP")
    for (layer, count) in distinct(layers) {
      table.add(layer.description, "\(count)", (layer.operations * 1e-9).fixed(3))
    }
    let total = layers.reduce(0) { $0 + $1.operations }
    table.add("an image", "\(layers.count)", (total * 1e-9 / Double(batch)).fixed(3))
    print(table.text + "\n")
  }

  /// - Returns: what was printed.
  func measure() throws -> [Figure] {
    let compute = Compute(threads: speed.threadCount)
    let layers = distinct([.resnet18, .resnet101].flatMap { networkLayers(networkCase($0)) })
    let convolutions = layers.map { ConvolutionWork($0.layer, compute) }
    let (peak, single) = (PeakWork(compute), PeakWork(Compute(threads: 1)))
    let others = memoryBoundWork(compute)

    var work = [Work(peak.product), Work(single.product), Work(peak.copy)]
    for convolution in convolutions {
      work += [convolution.forward, convolution.weightGradient]
      if !convolution.layer.isFirst { work.append(convolution.inputGradient) }
    }
    work += others.map(\.work)
    // The product also in between: the machine's speed drifts.
    let order = work.indices.flatMap { $0 % 25 == 24 ? [$0, 0] : [$0] }
    let samples = try alternate(work, order: order, rounds: rounds)

    let productPeak = PeakWork.operations / samples[0].minimum * 1e-9
    let copyPeak = PeakWork.copiedBytes / samples[2].minimum * 1e-9
    let size = PeakWork.size
    var figures = [
      Figure("layers", "sgemm \(size)^3", "\(speed.threadCount) threads", samples[0])
        .rated(PeakWork.operations * 1e-9, "GF/s", peak: productPeak),
      Figure("layers", "sgemm \(size)^3", "1 thread", samples[1])
        .rated(PeakWork.operations * 1e-9, "GF/s"),
      Figure("layers", "copy of 128 MiB", "\(speed.threadCount) threads", samples[2])
        .rated(PeakWork.copiedBytes * 1e-9, "GB/s", peak: copyPeak),
    ]
    var index = 3
    for convolution in convolutions {
      let layer = convolution.layer
      for pass in ["forward", "weight gradient"] + (layer.isFirst ? [] : ["input gradient"]) {
        figures.append(
          Figure("layers", layer.description, pass, samples[index])
            .rated(layer.operations * 1e-9, "GF/s", peak: productPeak))
        index += 1
      }
    }
    for other in others {
      figures.append(
        Figure("layers", other.name, other.pass, samples[index])
          .rated(other.bytes * 1e-9, "GB/s", peak: copyPeak))
      index += 1
    }
    print(table(figures))
    return figures
  }

  private struct MemoryBound {
    var name: String
    var pass: String
    var bytes: Double
    var work: Work
  }

  /// What moves data more than it computes, at the largest activations of the networks.
  private func memoryBoundWork(_ compute: Compute) -> [MemoryBound] {
    func extent(_ stride: Int, _ channels: Int) -> Shape {
      Shape(
        n: batch, h: (rows + stride - 1) / stride, w: (columns + stride - 1) / stride, c: channels)
    }
    func bytes(_ shape: Shape, times: Double) -> Double { 4 * times * Double(shape.count) }
    var result: [MemoryBound] = []
    func add(_ name: String, forward: Double, backward: Double, _ layer: LayerWork) {
      result.append(MemoryBound(name: name, pass: "forward", bytes: forward, work: layer.forward))
      result.append(
        MemoryBound(name: name, pass: "backward", bytes: backward, work: layer.backward))
    }
    for (shape, residual) in [(extent(2, 64), false), (extent(4, 256), true)] {
      // Forward: x (and the residual) to y. Backward: dy, x and y to dx (and the residual's).
      add(
        "batch norm + \(residual ? "sum + " : "")ReLU, \(shape)",
        forward: bytes(shape, times: residual ? 3 : 2),
        backward: bytes(shape, times: residual ? 5 : 4),
        .normalization(shape, residual: residual, compute))
    }
    let stem = extent(2, 64)
    add(
      "max pooling, \(stem)", forward: bytes(stem, times: 1.25), backward: bytes(stem, times: 2.5),
      .pooling(stem, compute))
    let logits = extent(1, NetworkCase.classes)
    let resized = bytes(logits, times: 1 + 1 / 256)
    add(
      "resize, \(logits)", forward: resized, backward: resized,
      .resize(extent(16, logits.c), to: logits, compute))
    for backbone in [Backbone.resnet18, .resnet101] {
      let network = networkCase(backbone).configuration().makeNetwork(classes: NetworkCase.classes)
      // Reads weights, gradients and both moments; writes all but the gradients.
      result.append(
        MemoryBound(
          name: "Adam, \(backbone)", pass: "update", bytes: 28 * Double(network.parameterCount),
          work: adamWork(network.parameters, compute)))
    }
    return result
  }

  private func table(_ figures: [Figure]) -> String {
    var table = TextTable("\(batch) images of \(rows)x\(columns)", "pass", "ms", "rate", "of peak")
    for figure in figures {
      table.add(
        figure.subject, figure.quantity, figure.median.fixed(2),
        "\((figure.rate ?? .nan).fixed(0)) \(figure.rateUnit ?? "")",
        figure.shareOfPeak?.percent ?? "")
    }
    return table.text
  }
}
