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

  /// Checks that there are as many ranks as asked for, or runs this command again as so many, in place of
  /// this process.
  /// - Throws: `UserError` if that is not possible; how the ranks ended.
  func launch() throws {
    guard let ranks, ranks != (Launch.ranks?.count ?? 1) else { return }
    if let launched = Launch.ranks?.count {
      throw UserError("--ranks is \(ranks), but \(launched) processes were started together")
    }
    guard MPIRanks.isBuilt else { throw Launch.withoutMPI("--ranks \(ranks) needs MPI") }
    // Without pages of advice by mpirun: each problem is one line of ours.
    var words = ["--quiet", "-n", "\(ranks)", "--bind-to", "none"]
    if geteuid() == 0 { words.append("--allow-run-as-root") }
    if ranks > Cores.available { words.append("--oversubscribe") }
    // A loss's process of its own is none of the ranks.
    words += ["--mca", "odls_base_signal_direct_children_only", "1"]
    words += [SlurmOptions.program] + CommandLine.arguments.dropFirst()
    var program = Program("mpirun", words)
    // A rank that waits lets others have its core; otherwise, where cores are short, it may take ten times
    // as long.
    program.environment.merge(["OMPI_MCA_mpi_yield_when_idle": "1"]) { own, _ in own }
    let ending: Program.RelayedEnding
    do { ending = try program.runRelaying() } catch {
      throw error.adding("; install Open MPI (openmpi-bin)")
    }
    throw try Self.exitCode(after: ending, ranks: ranks)
  }

  private static func exitCode(
    after ending: Program.RelayedEnding, ranks: Int
  ) throws(UserError) -> ExitCode {
    if ending.requests > 0, ending.status > 1 || ending.requests > 2 {
      // Rank 0 has said so if it could.
      if ending.status != Interruption.exitStatus { Interruption.explain() }
      return ExitCode(Interruption.exitStatus)
    }
    if ending.status > 128 {
      throw UserError(
        "one of the \(ranks) processes was killed by signal \(ending.status - 128), which ended the others; "
          + "type the same command again to go on from the last checkpoint")
    }
    return ExitCode(ending.status)
  }
}
