/// What trained a run instead of this program: PyTorch, on a machine of its own.
package struct TrainingEngine: Codable, Hashable, Sendable {
  /// `PyTorch`.
  package var name: String
  /// Such as `2.10.0+cu130`.
  package var version: String
  /// The version of Python.
  package var python: String
  /// The name of the GPU, or of the CPU.
  package var device: String
  /// `cuda` or `cpu`.
  package var kind: String
  /// `float32`, `tf32` or `bfloat16`.
  package var precision: String
  /// What multiplies matrices, such as `CUDA 13.0, cuDNN 9.1`.
  package var libraries: String
  /// The processes that trained the network together.
  package var processes: Int
  /// The digest of the Python program's files; see `EngineSources.digest`.
  package var program: String
  /// Other devices or versions that trained a part of the run: titles; nil if there are none.
  package var earlier: [String]?

  /// For tables: `PyTorch 2.10.0+cu130 on NVIDIA H200`, with what is not the default.
  package var title: String {
    let precision = precision == "float32" ? "" : " in \(precision)"
    let processes = processes == 1 ? "" : " by \(processes) processes"
    let before = earlier.map { ", in part by \($0.joined(separator: " and "))" } ?? ""
    return "\(name) \(version) on \(device)\(precision)\(processes)\(before)"
  }
}

extension RunEnvironment {
  /// Who trained the run, for messages: `RecallBench`, or the engine's title.
  package var trainedBy: String { engine?.title ?? "RecallBench" }

  /// What runs must have in common to be averaged or compared without a record of parity: `RecallBench`
  /// or, say, `PyTorch in float32`. Versions and devices round in different ways, as machines do.
  package var engineKind: String {
    engine.map { "\($0.name) in \($0.precision)" } ?? "RecallBench"
  }
}
