import ArgumentParser

struct LossesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "losses",
    abstract: "List the losses, each with its formula, parameters, and conventions.",
    discussion: """
      Sweep files and --losses name a loss as its card does, with the parameters that differ from \
      the defaults in parentheses, such as "focal(gamma: 2)". You can add losses with weights, as \
      in "recall + 0.5 * lovasz". NAME.published is what the code of the paper's authors computes \
      under that name.

        recallbench losses
        recallbench losses list "recall + 0.5 * lovasz"
      """,
    subcommands: [
      LossesListCommand.self, LossesEvaluateCommand.self, LossesCheckCommand.self,
      LossesNewCommand.self,
    ],
    defaultSubcommand: LossesListCommand.self)
}
