import ArgumentParser
import Experiments
import Files
import Losses
import Models
import Tensors

struct ProfileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile",
    abstract: "Measure the share of each kind of work in one training step.",
    discussion: """
      Each kernel is timed by itself at every size at which the network uses it, and counted as \
      often as the network does; whole steps are timed in the same rounds. What the kernels do not \
      explain is listed as the rest: sums of gradients, joining and splitting of channels, \
      dropout, and memory that is handed back and forth. A negative rest means that kernels run \
      faster within a step than alone. The last line is what no kernel can go below: the \
      multiplications and additions of all convolutions (with Winograd's fewer where it is used) at \
      the rate of a large matrix product in the same rounds.
      """)

  @OptionGroup var network: NetworkOptions
  @Option(help: "An architecture, as in sweep files.") var architecture = "deeplabv3"
  @Option(help: "Rounds through all kernels and a step.") var rounds = 5
  @Flag(help: "Print the table in Markdown.") var markdown = false
  @OptionGroup var speed: SpeedOptions

  func validate() throws {
    try requirePositive([("rounds", rounds)])
    guard Architecture(rawValue: architecture) != nil else {
      let allowed = allowedList(for: architecture, Architecture.allCases.map(\.rawValue))
      throw ValidationError("'\(architecture)' is not an architecture\(allowed)")
    }
  }

  /// A kernel that a step calls `count` times.
  private struct Part {
    var kind: String
    var count: Int
    /// Of one call.
    var operations = 0.0
    var work: Work
  }

  func run() throws {
    guard let architecture = Architecture(rawValue: architecture),
      var networkCase = network.networkCase
    else { return }
    networkCase.architecture = architecture
    let session = try TrainingSession(networkCase, threads: speed.threadCount)
    let parts = parts(networkCase, session)
    let peak = PeakWork(session.compute)
    let work = [Work { try session.step() }, Work(peak.product)] + parts.map(\.work)
    let samples = try alternate(work, rounds: rounds)

    var kinds: [(name: String, seconds: Double, operations: Double)] = []
    for (part, samples) in zip(parts, samples.dropFirst(2)) {
      let index =
        kinds.firstIndex { $0.name == part.kind }
        ?? {
          kinds.append((part.kind, 0, 0))
          return kinds.count - 1
        }()
      kinds[index].seconds += samples.median * Double(part.count)
      kinds[index].operations += part.operations * Double(part.count)
    }
    let step = samples[0].median
    kinds.append(("rest", step - kinds.reduce(0) { $0 + $1.seconds }, 0))
    var table = TextTable(networkCase.name, "ms", "share", "GF/s")
    for kind in kinds {
      let rate = kind.operations > 0 ? (kind.operations / kind.seconds * 1e-9).fixed(0) : ""
      table.add(kind.name, (kind.seconds * 1e3).fixed(1), (kind.seconds / step).percent, rate)
    }
    table.add("training step", (step * 1e3).fixed(1), "100%", "")
    let floor = neededOperations(networkCase) / PeakWork.operations * samples[1].median
    table.add(
      "convolutions at the rate of a product of \(PeakWork.size) x \(PeakWork.size) matrices",
      (floor * 1e3).fixed(1), (floor / step).percent,
      (PeakWork.operations / samples[1].median * 1e-9).fixed(0))
    print(markdown ? table.markdown : table.text)
    try speed.store(
      [Figure("profile", networkCase.name, "training step", samples[0])]
        + kinds.map {
          Figure("profile", networkCase.name, $0.name, $0.seconds * 1e3, unit: "ms")
        }
        + [
          Figure(
            "profile", networkCase.name, "convolutions at the product's rate", floor * 1e3,
            unit: "ms")
        ])
  }

  /// Of the convolutions' passes in a step.
  private func neededOperations(_ networkCase: NetworkCase) -> Double {
    networkLayers(networkCase).reduce(0) { $0 + $1.neededOperations * ($1.isFirst ? 2 : 3) }
  }

  private func parts(_ networkCase: NetworkCase, _ session: TrainingSession) -> [Part] {
    let compute = session.compute
    let layers = networkLayers(networkCase)
    var parts: [Part] = []
    for (layer, count) in distinct(layers) {
      let convolution = ConvolutionWork(layer, compute)
      func add(_ pass: String, _ work: Work) {
        parts.append(
          Part(
            kind: "\(layer.kind), \(pass)", count: count, operations: layer.operations, work: work))
      }
      add("forward", convolution.forward)
      add("weight gradient", convolution.weightGradient)
      if !layer.isFirst { add("input gradient", convolution.inputGradient) }
    }
    parts.sort { $0.kind < $1.kind }
    let normalized = Dictionary(grouping: layers.filter(\.isNormalized)) {
      Normalized(shape: $0.output, residual: $0.endsBlock)
    }
    for (key, members) in normalized.sorted(by: { $0.key.shape.count > $1.key.shape.count }) {
      let work = LayerWork.normalization(key.shape, residual: key.residual, compute)
      let kind = "batch norm, sum, ReLU"
      parts += [
        Part(kind: "\(kind), forward", count: members.count, work: work.forward),
        Part(kind: "\(kind), backward", count: members.count, work: work.backward),
      ]
    }
    let pooling = LayerWork.pooling(layers[0].output, compute)
    let small = layers[layers.count - 1].output
    let resize = LayerWork.resize(small, to: networkCase.shape.with(c: small.c), compute)
    let logits = syntheticLogits(session.batch.labels, classes: NetworkCase.classes)
    let labels = session.batch.labels
    let loss = Work {
      _ = CrossEntropyLoss().evaluate(LossInput(logits: logits, labels: labels, compute: compute))
    }
    return parts + [
      Part(kind: "max pooling", count: 1, work: pooling.forward),
      Part(kind: "max pooling", count: 1, work: pooling.backward),
      Part(kind: "upsampling of the logits", count: 1, work: resize.forward),
      Part(kind: "upsampling of the logits", count: 1, work: resize.backward),
      Part(kind: "softmax and loss", count: 1, work: loss),
      Part(kind: "Adam", count: 1, work: adamWork(session.trainer.network.parameters, compute)),
    ]
  }

  private struct Normalized: Hashable {
    var shape: Shape
    var residual: Bool
  }
}
