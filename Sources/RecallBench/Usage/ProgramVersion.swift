import Experiments
import Foundation

/// What `--version` prints: everything that a run's numbers may depend on besides its configuration.
enum ProgramVersion {
  static let number = "0.14"

  /// Several lines. The commit is that of the source tree that the program was built from, as it is now;
  /// the digest is of the source files that were compiled.
  static var text: String {
    let environment = RunEnvironment.current(threads: 1)
    let blas = environment.blas.components(separatedBy: ", kernels for ")
    let features = cpuFeatures
    return """
      recallbench \(number)
      commit:   \(environment.commit)
      code:     \(environment.code ?? "unknown")
      compiler: \(environment.compiler)
      BLAS:     \(blas[0])
      kernels:  \(blas.dropFirst().first ?? "unknown")
      CPU:      \(environment.cpu), \(environment.cores) cores
      features: \(features.isEmpty ? "unknown" : features.joined(separator: " "))
      system:   \(environment.operatingSystem)
      """
  }

  /// The vector instructions that speed depends on, as Linux names them.
  private static let vectorFeatures = [
    "sse4_2", "avx", "f16c", "fma", "avx2", "avx512f", "avx512bw", "avx512vl", "avx512_vnni",
    "avx512_bf16", "amx_tile", "asimd", "asimdhp", "asimddp", "sve", "sve2",
  ]

  private static var cpuFeatures: [String] {
    guard let data = FileManager.default.contents(atPath: "/proc/cpuinfo") else { return [] }
    let line = String(decoding: data, as: UTF8.self).split(separator: "\n").first {
      $0.hasPrefix("flags") || $0.hasPrefix("Features")
    }
    let there = Set((line ?? "").split { $0 == " " || $0 == "\t" || $0 == ":" }.map(String.init))
    return vectorFeatures.filter(there.contains)
  }
}
