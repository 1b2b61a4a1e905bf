import Files
import Foundation
import Losses
import Tensors

/// A loss written in PyTorch, unchanged: any callable of logits [N, C, H, W] and labels [N, H, W].
///
/// It gets float32 logits that require a gradient, in the memory order of channels_last, and int64
/// labels with 255 where a pixel is ignored; it returns a scalar tensor. Value and gradient are those
/// of autograd. A batch without a labeled pixel does not reach it: value 0, gradient 0.
///
/// A module's own state lives in the worker. It is not part of a checkpoint: a run that goes on from
/// one begins with a new state. Parameters of a module are not trained.
package struct TorchLoss: Loss {
  private let worker: TorchWorker
  /// Each evaluation begins with the state before the first step.
  private let isMemoryless: Bool
  private let allowsNonFinite: Bool

  /// Starts the worker, which lives as long as a copy of this value.
  ///
  /// - Parameters:
  ///   - threads: of PyTorch; later those of the compute context of each batch.
  ///   - isMemoryless: bring a module into its first state before every evaluation.
  ///   - allowsNonFinite: give values and gradients that are not finite back instead of throwing.
  /// - Throws: `UserError` if there is no Python, no torch or no such callable.
  package init(
    _ file: TorchLossFile, _ setup: TorchSetup = TorchSetup(), threads: Int,
    isMemoryless: Bool = false, allowsNonFinite: Bool = false
  ) throws(UserError) {
    worker = try TorchWorker(file, setup, threads: threads)
    (self.isMemoryless, self.allowsNonFinite) = (isMemoryless, allowsNonFinite)
  }

  package var file: TorchLossFile { worker.file }

  /// Of PyTorch and of Python.
  package var version: String { worker.version }

  /// Spent in the callable and in autograd so far.
  package var computingSeconds: Double { worker.computingSeconds }

  /// - Throws: `UserError`: the callable raised an error (its traceback is then on standard error)
  ///   or returned no loss, the worker died or took too long, or something is not finite.
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
    input.logits.elements.allSatisfy(\.isFinite)
      ? ", though all logits are finite: look for a division by 0, log(0) or sqrt(0) in it, or lower "
        + "learning_rate" : ": training diverged; lower learning_rate"
  }
}

extension LossConformance {
  /// The conformance test of a PyTorch loss, which claims what it can.
  /// - Throws: `UserError`, as `TorchLoss` does.
  package init(
    _ file: TorchLossFile, _ setup: TorchSetup, threads: Int
  ) throws(UserError) {
    let loss = try TorchLoss(
      file, setup, threads: threads, isMemoryless: true, allowsNonFinite: true)
    self.init(claims: LossClaims(computedElsewhere: true)) { _, _ in loss }
  }
}
