import ArgumentParser
import Experiments
import Files
import Foundation
import Losses
import Models
import Tensors

/// Shows whether two builds compute the same bits.
struct DigestsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "digests",
    abstract: "Print digests of weights and logits after a few training steps.",
    discussion: """
      For each network and loss, on one batch of synthetic images. The output of two builds is the \
      same text if they compute the same bits: see `make check-lanes`.
      """)

  @Option(help: "Training steps of each network.") var steps = 3
  @Option(help: "Number of threads (default: all cores).") var threads: Int?

  func validate() throws { try requirePositive([("steps", steps)]) }

  func run() throws {
    for (networkCase, losses) in Self.cases {
      for loss in losses { print(try line(networkCase, loss)) }
    }
  }

  /// Channels that are multiples of sixteen, of eight, and of neither; all losses where steps are short.
  private static var cases: [(NetworkCase, losses: [String])] {
    func small(
      _ backbone: Backbone, _ width: Double, _ architecture: Architecture = .deeplabv3
    ) -> NetworkCase {
      NetworkCase(
        architecture: architecture, backbone: backbone, width: width, batch: 2, rows: 65,
        columns: 97)
    }
    return [
      (small(.resnet18, 0.125), LossSession.losses), (small(.resnet18, 0.1875), ["ce"]),
      (small(.resnet18, 0.25), ["ce"]), (small(.resnet18, 1), ["ce"]),
      (small(.resnet101, 0.125), LossSession.losses), (small(.resnet101, 0.25), ["ce"]),
      (small(.resnet18, 0.25, .deeplabv3plus), LossSession.losses),
      (small(.resnet18, 1, .deeplabv3plus), ["ce"]),
      (small(.resnet101, 0.125, .deeplabv3plus), ["ce"]),
    ]
  }

  private func line(_ networkCase: NetworkCase, _ loss: String) throws -> String {
    let threads = threads ?? Cores.available
    let session = try TrainingSession(networkCase, loss: loss, threads: threads)
    for _ in 0..<steps { try session.step() }
    var context = PassContext(training: false, compute: session.compute)
    let logits = session.trainer.network.forward(session.batch.images, &context).output
    let weights = session.trainer.network.parameters.map(\.value)
    return "\(networkCase.name) \(loss): weights \(digest(weights)), logits \(digest([logits]))"
  }

  private func digest(_ tensors: [Tensor]) -> String {
    xxh64(tensors.reduce(into: Data()) { $0.append(Data(bytes: $1.base, count: 4 * $1.count)) })
  }
}
