import ArgumentParser

struct LossesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "losses",
    abstract: "List the losses: a card each with formula, parameters and conventions.",
    discussion: """
      Sweep files and --losses name a loss as its card does, with parameters in parentheses where \
      they differ from the defaults, such as "focal(gamma: 2)". Losses are added with weights, as \
      in "recall + 0.5 * lovasz". NAME.published is what the paper's authors' code computes under \
      that name.

        recallbench losses
        recallbench losses list "recall + 0.5 * lovasz"
      """,
    subcommands: [
      LossesListCommand.self, LossesEvaluateCommand.self, LossesCheckCommand.self,
      LossesNewCommand.self,
    ],
    defaultSubcommand: LossesListCommand.self)
}
