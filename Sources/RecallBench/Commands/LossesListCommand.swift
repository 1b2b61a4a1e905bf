import ArgumentParser
import Experiments
import Files
import Losses

struct LossesListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Print a card for each loss (the default).",
    discussion: """
      Without arguments, this command prints the cards of all losses. Sums of losses have cards, \
      too.

        recallbench losses list focal focal.published
        recallbench losses list "recall + 0.5 * lovasz"
      """)

  @Argument(help: ArgumentHelp("Losses to show (default: all).", valueName: "loss"))
  var losses: [String] = []

  func run() throws {
    var cards = LossRegistry.all
    if !losses.isEmpty {
      cards = try losses.map { try LossSpecification(checking: $0).descriptor }
    }
    print(
      "V: valid pixels of the batch, y: a pixel's label, p: softmax of the logits z, "
        + "N_c: training pixels of c\n")
    print(cards.map(\.card).joined(separator: "\n\n"))
  }
}

extension LossDescriptor {
  /// Name and title, followed by a line for each property.
  fileprivate var card: String {
    var lines = [
      "\(name): \(title)", "  \(formula)", "  reduction: \(reduction)", "  over: \(scope.rawValue)",
      "  ignored pixels: \(ignoredPixels)", "  absent classes: \(absentClasses)",
      "  state: \(state)", "  source: \(source)",
    ]
    for parameter in parameters {
      lines.append(
        "  \(parameter.name), \(parameter.range), default \(parameter.defaultText): "
          + parameter.meaning)
    }
    return lines.joined(separator: "\n")
  }
}
