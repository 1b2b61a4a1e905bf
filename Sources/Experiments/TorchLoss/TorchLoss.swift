import Files
import Foundation
import Losses
import Tensors

/// A loss written in PyTorch, unchanged: any callable of logits [N, C, H, W] and labels [N, H, W].
///
/// The callable receives float32 logits that require a gradient, in channels_last memory format,
/// and int64 labels with 255 for ignored pixels; it returns a scalar tensor. Autograd computes
/// value and gradient. The callable is not called for a batch without labeled pixels: value and
/// gradient are 0.
///
/// A module's own state lives in the worker. It is not part of a checkpoint: a run resumed from a
/// checkpoint starts with a new state. Parameters of a module are not trained.
package struct TorchLoss: Loss {
  private let worker: TorchWorker
  /// Whether each evaluation starts with the state before the first step.
  private let isMemoryless: Bool
  private let allowsNonFinite: Bool

  /// Starts the worker, which lives as long as any copy of this value.
  ///
  /// - Parameters:
  ///   - threads: PyTorch's threads at the start; each batch then uses those of its compute
  ///     context.
  ///   - isMemoryless: reset a module to its initial state before every evaluation.
  ///   - allowsNonFinite: return values and gradients that are not finite instead of throwing.
  ///   - allowsDetached: return a gradient of zeros instead of throwing if autograd has none.
  /// - Throws: `UserError` if there is no Python, no torch or no such callable.
  package init(
    _ file: TorchLossFile, _ setup: TorchSetup = TorchSetup(), threads: Int,
    isMemoryless: Bool = false, allowsNonFinite: Bool = false, allowsDetached: Bool = false
  ) throws(UserError) {
    worker = try TorchWorker(file, setup, threads: threads, allowsDetached: allowsDetached)
    (self.isMemoryless, self.allowsNonFinite) = (isMemoryless, allowsNonFinite)
  }

  package var file: TorchLossFile { worker.file }

  /// What the losses of a sweep share: whoever keeps it spares further ones importing torch.
  var server: TorchServer { worker.server }

  /// The versions of PyTorch and Python.
  package var version: String { worker.version }

  /// The time spent in the callable and in autograd so far.
  package var computingSeconds: Double { worker.computingSeconds }

  /// - Throws: `UserError` if the callable raises an error (its traceback is then on standard
  ///   error) or does not return a loss, the worker dies or takes too long, or a result is not
  ///   finite.
  package func evaluate(_ input: LossInput) throws -> LossResult {
    guard input.validPixels > 0 else { return .zero(input) }
    let (result, isFinite) = try worker.evaluate(input, reset: isMemoryless)
    if allowsNonFinite { return result }
    guard result.value.isFinite else {
      throw UserError("\(file.notation) is \(result.value)\(cause(input))")
    }
    guard isFinite else {
      throw UserError("\(file.notation) has a gradient that is not finite\(cause(input))")
    }
    return result
  }

  private func cause(_ input: LossInput) -> String {
    input.logits.isFinite
      ? ", though all logits are finite: look for a division by 0, log(0) or sqrt(0) in it, or "
        + "lower learning_rate" : ": training diverged; lower learning_rate"
  }
}

extension LossConformance {
  /// Creates the conformance test of a PyTorch loss, with the claims that can be made for it.
  /// - Throws: `UserError`, as `TorchLoss` does.
  package init(
    _ file: TorchLossFile, _ setup: TorchSetup, threads: Int
  ) throws(UserError) {
    let loss = try TorchLoss(
      file, setup, threads: threads, isMemoryless: true, allowsNonFinite: true,
      allowsDetached: true)
    self.init(claims: LossClaims(computedElsewhere: true)) { _, _ in loss }
  }
}
