import ArgumentParser
import Experiments
import Files
import Foundation
import Tensors

/// How many processes train one run together.
struct RankOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Processes that train each run together, started with mpirun, or with srun under --slurm; needs "
        + "a build with MPI (docs/cluster.md).", valueName: "count"))
  var ranks: Int?

  func validate() throws {
    if let ranks, !(1...4096).contains(ranks) {
      throw ValidationError("--ranks must be from 1 to 4096.")
    }
  }

  /// Checks that there are as many ranks as asked for, or starts this command again as so many.
  /// - Throws: `UserError` if that is not possible.
  func launch() throws(UserError) {
    guard let ranks, ranks != (Launch.ranks?.count ?? 1) else { return }
    if let launched = Launch.ranks?.count {
      throw UserError("--ranks is \(ranks), but \(launched) processes were started together")
    }
    guard MPIRanks.isBuilt else { throw Launch.withoutMPI("--ranks \(ranks) needs MPI") }
    var words = ["-n", "\(ranks)", "--bind-to", "none"]
    if geteuid() == 0 { words.append("--allow-run-as-root") }
    if ranks > Cores.available { words.append("--oversubscribe") }
    words += [SlurmOptions.program] + CommandLine.arguments.dropFirst()
    throw Program("mpirun", words).replaceThisProcess().adding("; install Open MPI (openmpi-bin)")
  }
}
