import Files
import Foundation

/// The Python program of the PyTorch engine, which is part of this program and travels in bundles.
enum EngineSources {
  /// By file name.
  static let files: [String: Data] = [
    "README.md": Data(PackageResources.README_md),
    "batches.py": Data(PackageResources.batches_py),
    "bundle.py": Data(PackageResources.bundle_py),
    "checks.py": Data(PackageResources.checks_py),
    "jobs.py": Data(PackageResources.jobs_py),
    "losses.py": Data(PackageResources.losses_py),
    "machine.py": Data(PackageResources.machine_py),
    "network.py": Data(PackageResources.network_py),
    "processes.py": Data(PackageResources.processes_py),
    "progress.py": Data(PackageResources.progress_py),
    "random_source.py": Data(PackageResources.random_source_py),
    "run.py": Data(PackageResources.run_py),
    "scores.py": Data(PackageResources.scores_py),
    "torch_loss.py": Data(PackageResources.torch_loss_py),
    "training.py": Data(PackageResources.training_py),
  ]

  /// The SHA-256 of each file of the program.
  static var digests: [String: String] {
    files.filter { $0.key.hasSuffix(".py") }.mapValues { sha256($0) }
  }

  /// What a run records of the program that trained it: the SHA-256 of a line with name and digest for
  /// each file, in the order of the names.
  /// - Parameter digests: the SHA-256 of each file.
  static func digest(of digests: [String: String]) -> String {
    let lines = digests.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)\n" }
    return sha256(Data(lines.joined().utf8))
  }
}
