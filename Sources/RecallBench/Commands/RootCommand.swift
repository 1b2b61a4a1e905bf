import ArgumentParser

struct RootCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: ProgramName.current,
    abstract: "Trains segmentation networks with eight losses and compares them.",
    discussion: """
      A sweep trains every combination of data sets, backbones, losses and seeds that a YAML \
      file names, and stores each run; a report turns the stored runs into tables and figures.

        recallbench sweep benchmarks/sweeps/smoke.yml --output results/smoke
        recallbench report results/smoke
      """,
    subcommands: [
      SweepCommand.self, TrainCommand.self, EvaluateCommand.self, PredictCommand.self,
      ReportCommand.self, CompareCommand.self, ResultsCommand.self, DataCommand.self,
      LossesCommand.self, ExportCommand.self, NetworkCommand.self,
    ])
}
