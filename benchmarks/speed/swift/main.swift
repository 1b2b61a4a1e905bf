import ArgumentParser
import Datasets
import Experiments
import Files
import Foundation
import Tensors

/// The measuring instruments of this repository, not part of the user's command.
struct Speed: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recallbench-speed",
    abstract: "Measure how fast RecallBench is.",
    subcommands: [
      AllCommand.self, LayersCommand.self, LossesCommand.self, StepsCommand.self,
      DataCommand.self, GrowthCommand.self, ProfileCommand.self, TorchCommand.self,
      BLASCommand.self, DigestsCommand.self, RanksCommand.self, ExchangesCommand.self,
      PiecesCommand.self, ServeCommand.self,
    ])
}

requireCPUOfBuild()
do {
  if CommandLine.arguments.contains(BLASCommand.asIfFallen) { unsetenv("OPENBLAS_CORETYPE") }
  try BLASStart.settle()
  var command = try Speed.parseAsRoot()
  try command.run()
} catch let error as UserError {
  complain(error)
} catch {
  Speed.exit(withError: error)
}

private func complain(_ error: any Error) -> Never {
  FileHandle.standardError.write(Data("error: \(oneLine(error))\n".utf8))
  exit(1)
}
