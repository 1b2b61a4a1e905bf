import ArgumentParser
import Models

struct NetworkListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Print what there is of architectures and backbones.")

  func run() throws {
    print(Architecture.allCases.map(\.card).joined(separator: "\n"))
    print(Backbone.allCases.map(\.card).joined(separator: "\n"))
  }
}

extension Architecture {
  fileprivate var card: String { "\(name): \(title), an architecture (\(citation))" }
}

extension Backbone {
  /// Name and title, then a line for everything there is to know.
  fileprivate var card: String {
    """
    \(name): \(title), a backbone (\(citation))
      features: \(outputChannels) channels at full width
      a training step takes: \(relativeCost) times as long as on ResNet-18
      pretrained weights: \(torchvisionName.map { "torchvision's \($0)" } ?? "none of torchvision")
      in the paper or its authors' code: \(isInPaper ? "yes" : "no")
    """
  }
}
