import Files
import Foundation

/// Seconds that a PyTorch loss may take before it counts as hanging.
package struct TorchLimits: Hashable, Sendable {
  /// To start Python, import torch and read the file.
  package var start: Double
  /// The first evaluation, in which a loss may compile itself.
  package var first: Double
  /// Every other.
  package var step: Double

  /// - Parameter step: of an evaluation; the start and the first one have five times as long.
  package init(step: Double = 120) { self.init(start: 5 * step, first: 5 * step, step: step) }

  package init(start: Double, first: Double, step: Double) {
    (self.start, self.first, self.step) = (start, first, step)
  }
}

/// How PyTorch losses are run.
package struct TorchSetup: Hashable, Sendable {
  /// The interpreter, by path or by its name on PATH; nil: that of RECALLBENCH_PYTHON, else python3.
  package var python: String?
  package var limits: TorchLimits

  package init(python: String? = nil, limits: TorchLimits = TorchLimits()) {
    (self.python, self.limits) = (python, limits)
  }

  static let advice = "name the interpreter with --python PATH or RECALLBENCH_PYTHON"

  /// The interpreter's path.
  /// - Throws: `UserError` if there is none.
  package func interpreter(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(UserError) -> String {
    let named = python ?? environment["RECALLBENCH_PYTHON"].flatMap { $0.isEmpty ? nil : $0 }
    let name = named ?? "python3"
    let isExecutable = FileManager.default.isExecutableFile(atPath:)
    if name.contains("/") {
      if isExecutable(name) { return name }
      throw UserError(path: name, problem: "is no program that could be Python; \(Self.advice)")
    }
    let folders = (environment["PATH"] ?? "").split(separator: ":")
    if let path = folders.lazy.map({ "\($0)/\(name)" }).first(where: isExecutable) { return path }
    throw UserError(
      "a PyTorch loss needs Python, but \(name) is not on the PATH: install it, or \(Self.advice)")
  }
}
