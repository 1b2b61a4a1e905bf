import ArgumentParser

struct RootCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: ProgramName.current,
    abstract: "Compare losses for imbalanced semantic segmentation.",
    discussion: """
      A run is one training. A sweep trains every combination of data sets, backbones, losses, and \
      seeds that a YAML file names, and stores each run. A report turns the stored runs into \
      tables and figures.

        recallbench sweep benchmarks/sweeps/smoke.yml --output results/smoke
        recallbench report results/smoke
        recallbench losses check "recall + 0.5 * lovasz"

      The exit status is 0 if everything went well, 1 after an error or a failed run, 64 for a \
      mistake in the command line, and 130 after Ctrl-C. Errors are one line, "error: ...". For \
      completion in your shell (bash, zsh, or fish):

        recallbench --generate-completion-script bash > recallbench.bash
      """,
    version: CommandLine.arguments.contains("--version")
      ? ProgramVersion.text : ProgramVersion.number,
    subcommands: [
      SweepCommand.self, TuneCommand.self, TrainCommand.self, EvaluateCommand.self,
      PredictCommand.self,
      BundleCommand.self, ImportCommand.self,
      StatusCommand.self, ReportCommand.self, CompareCommand.self, VerifyCommand.self,
      ResultsCommand.self,
      DataCommand.self,
      LossesCommand.self, ExportCommand.self, NetworkCommand.self, DoctorCommand.self,
    ])
}
