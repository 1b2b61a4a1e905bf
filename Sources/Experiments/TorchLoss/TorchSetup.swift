import Files
import Foundation

/// Timeouts in seconds after which a PyTorch loss is considered hung.
package struct TorchLimits: Hashable, Sendable {
  /// The timeout for starting Python, importing torch and reading the file.
  package var start: Double
  /// The timeout for the first evaluation, in which a loss may be compiled.
  package var first: Double
  /// The timeout for every other evaluation.
  package var step: Double

  /// - Parameter step: the timeout for an evaluation; the start and the first evaluation have five
  ///   times as long.
  package init(step: Double = 120) { self.init(start: 5 * step, first: 5 * step, step: step) }

  package init(start: Double, first: Double, step: Double) {
    (self.start, self.first, self.step) = (start, first, step)
  }
}

/// How PyTorch losses are run.
package struct TorchSetup: Hashable, Sendable {
  /// The interpreter, by path or by name on PATH; if nil, RECALLBENCH_PYTHON, or else python3.
  package var python: String?
  package var limits: TorchLimits

  package init(python: String? = nil, limits: TorchLimits = TorchLimits()) {
    (self.python, self.limits) = (python, limits)
  }

  static let advice = "specify the interpreter with --python PATH or RECALLBENCH_PYTHON"

  /// Finds the interpreter's path.
  /// - Throws: `UserError` if there is no interpreter.
  package func interpreter(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(UserError) -> String {
    let named = python ?? environment["RECALLBENCH_PYTHON"].flatMap { $0.isEmpty ? nil : $0 }
    let name = named ?? "python3"
    let isExecutable = FileManager.default.isExecutableFile(atPath:)
    if name.contains("/") {
      if isExecutable(name) { return name }
      throw UserError(path: name, problem: "is not an executable file; \(Self.advice)")
    }
    let folders = (environment["PATH"] ?? "").split(separator: ":")
    if let path = folders.lazy.map({ "\($0)/\(name)" }).first(where: isExecutable) { return path }
    throw UserError(
      "a PyTorch loss needs Python, but \(name) is not on the PATH: install it, or \(Self.advice)")
  }
}
