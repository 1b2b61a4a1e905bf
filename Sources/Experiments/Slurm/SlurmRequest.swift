import Files
import Foundation

/// What the user asks of Slurm for the jobs of a sweep; nil is left to Slurm or to `RunResources`.
package struct SlurmRequest: Hashable, Sendable {
  package var partition: String?
  /// Processes that train each run together.
  package var ranks = 1
  package var account: String?
  /// The time limit of a job as `sbatch` reads it, such as `02:00:00`.
  package var time: String?
  /// Cores of a run.
  package var cpus: Int?
  /// Memory of a run as `sbatch` reads it, such as `4G`.
  package var memory: String?
  /// How many runs go on at the same time.
  package var arrayLimit: Int?
  /// Further options of `sbatch`, without the dashes, such as `qos=long`.
  package var others: [String] = []

  package init() {}

  /// The lines for every job of the sweep.
  var directives: [String] {
    [partition.map { "partition=\($0)" }, account.map { "account=\($0)" }].compactMap(\.self)
      + others
  }
}
