import Experiments
import Foundation

/// What `--version` prints: everything that a run's numbers may depend on besides its configuration.
enum ProgramVersion {
  static let number = "0.14"

  /// Several lines. The commit is that of the source tree that the program was built from, as it is now;
  /// the digest is of the source files that were compiled.
  static var text: String {
    let environment = RunEnvironment.current(threads: 1)
    let (blas, choice) = (BLASLibrary.current, BLASStart.choice)
    let features = CPUFeatures.current.vectorFlags
    return """
      recallbench \(number)
      commit:   \(environment.commit)
      code:     \(environment.code ?? "unknown")
      compiler: \(environment.compiler)
      BLAS:     \(blas.configuration)
      kernels:  \(choice.kernel)\(choice.remark.map { ", \($0)" } ?? "")
      CPU:      \(environment.cpu), \(environment.cores) cores
      features: \(features.isEmpty ? "unknown" : features.joined(separator: " "))
      system:   \(environment.operatingSystem)
      """
  }
}
