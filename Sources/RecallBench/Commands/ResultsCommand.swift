import ArgumentParser
import Experiments
import Files
import Foundation

struct ResultsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "results",
    abstract: "Pack, verify, check, quote, or export the stored runs of sweeps.",
    subcommands: [
      ResultsPackCommand.self, ResultsVerifyCommand.self, ResultsParityCommand.self,
      ResultsCodeCommand.self, ResultsFillCommand.self,
      ResultsTensorBoardCommand.self,
    ])
}

struct ResultsPackCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pack", abstract: "Move the finished runs of each sweep into two files.",
    discussion: """
      In a repository, runs are best kept in a few small files. runs.jsonl has one line of JSON \
      for each run; runs.npz has the confusion matrices, kept predictions, and histories of all \
      runs, and np.load reads it. Nothing is lost: report, compare, and evaluate read these files \
      as they read folders. Runs stored by versions older than run.json are converted. Weights \
      stay where they are.

        recallbench results pack results/quick results/camvid
      """)

  @Argument(help: "Output folders of sweeps.")
  var folders: [String]

  func validate() throws {
    if folders.isEmpty { throw ValidationError("Give the output folder of a sweep.") }
  }

  func run() throws {
    for folder in folders {
      let sweep = SweepFolder(URL(filePath: folder))
      try sweep.requireRuns()
      let packed = try sweep.packRuns()
      print(
        "\(folder): \(counted(packed.runs, "run")) in runs.jsonl and runs.npz, \(packed.added) moved there"
      )
    }
  }
}
