import ArgumentParser
import Losses

struct LossesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "losses",
    abstract: "List the losses with their formulas and parameters.",
    discussion: """
      Sweep files and --losses name a loss as shown, with parameters in parentheses where they \
      differ from the defaults, such as "focal(gamma: 2)".

        recallbench losses
      """,
    subcommands: [LossesEvaluateCommand.self, LossesCheckCommand.self])

  func run() {
    print(
      "V: valid pixels of the batch, y: a pixel's label, p: softmax, N_c: training pixels of c\n")
    print(LossRegistry.all.map(card).joined(separator: "\n\n"))
  }

  private func card(_ loss: LossDescriptor) -> String {
    var lines = ["\(loss.name): \(loss.title)", "  \(loss.formula)", "  \(loss.reduction)"]
    for parameter in loss.parameters {
      lines.append(
        "  \(parameter.name), \(parameter.range), default \(parameter.defaultText): "
          + parameter.meaning)
    }
    lines.append("  \(loss.source)")
    return lines.joined(separator: "\n")
  }
}
