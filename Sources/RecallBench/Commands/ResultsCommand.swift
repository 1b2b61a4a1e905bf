import ArgumentParser
import Experiments
import Files
import Foundation

struct ResultsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "results", abstract: "Look after the stored runs of sweeps.",
    subcommands: [
      ResultsPackCommand.self, ResultsVerifyCommand.self, ResultsCodeCommand.self,
    ])
}

struct ResultsPackCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pack", abstract: "Move the finished runs of sweeps into two files each.",
    discussion: """
      Runs of a repository are best kept in few and small files: runs.jsonl has a line of JSON for \
      each run, runs.npz the confusion matrices, kept predictions and histories of all, which \
      np.load reads. Nothing is lost; report, compare and evaluate read them as they read folders. \
      Runs that versions before run.json stored are taken over. Weights stay where they are.

        recallbench results pack results/quick results/camvid
      """)

  @Argument(help: "Output folders of sweeps.")
  var folders: [String]

  func validate() throws {
    if folders.isEmpty { throw ValidationError("Name the output folder of a sweep.") }
  }

  func run() throws {
    for folder in folders {
      let sweep = SweepFolder(URL(filePath: folder))
      guard sweep.holdsRuns else {
        throw UserError(path: folder, problem: "holds no runs; name the output folder of a sweep")
      }
      let packed = try sweep.packRuns()
      print(
        "\(folder): \(packed.runs) runs in runs.jsonl and runs.npz, \(packed.added) moved there")
    }
  }
}
