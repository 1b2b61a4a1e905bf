import ArgumentParser

struct RootCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: ProgramName.current,
    abstract: "Train segmentation networks with eight losses and compare them.",
    discussion: """
      A run is one training. A sweep trains every combination of data sets, backbones, losses and \
      seeds that a YAML file names, and stores each run. A report turns the stored runs into \
      tables and figures.

        recallbench sweep benchmarks/sweeps/smoke.yml --output results/smoke
        recallbench report results/smoke
      """,
    subcommands: [
      SweepCommand.self, TuneCommand.self, TrainCommand.self, EvaluateCommand.self,
      PredictCommand.self,
      ReportCommand.self, CompareCommand.self, ResultsCommand.self, DataCommand.self,
      LossesCommand.self, ExportCommand.self, NetworkCommand.self,
    ])
}
