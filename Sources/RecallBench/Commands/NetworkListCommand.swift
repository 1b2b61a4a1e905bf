import ArgumentParser
import Models

struct NetworkListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the architectures and backbones.")

  func run() throws {
    print(Architecture.allCases.map(\.card).joined(separator: "\n"))
    print(Backbone.allCases.map(\.card).joined(separator: "\n"))
  }
}

extension Architecture {
  fileprivate var card: String { "\(name): \(title), an architecture (\(citation))" }
}

extension Backbone {
  /// Name and title, followed by a line for each property.
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
