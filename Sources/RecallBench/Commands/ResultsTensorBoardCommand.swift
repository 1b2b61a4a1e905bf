import ArgumentParser
import Experiments
import Files
import Foundation

struct ResultsTensorBoardCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tensorboard", abstract: "Write stored runs as event files for TensorBoard.",
    discussion: """
      For each finished run, packed or not, this command writes what 'sweep --tensorboard' writes: \
      the training loss, the learning curve on the validation split, class weights, IoU and \
      accuracy of every class on the evaluated split, and the pictured predictions. It trains \
      nothing.

        recallbench results tensorboard results/quick
        tensorboard --logdir results/quick/runs
      """)

  @Argument(help: "Output folder of a sweep.")
  var folder: String

  func run() throws {
    let sweep = SweepFolder(URL(filePath: folder))
    let runs = sweep.holdsRuns ? try sweep.loadAll() : []
    guard !runs.isEmpty else {
      throw UserError(
        path: folder, problem: "holds no finished runs; give the output folder of a sweep")
    }
    for run in runs { try RunEvents(run).write(to: run.folder) }
    print(
      "\(counted(runs.count, "run")) written: tensorboard --logdir \(shellQuoted(sweep.runs.relativePath))"
    )
  }
}
