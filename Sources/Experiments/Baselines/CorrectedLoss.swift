import Files
import Foundation
import Metrics

/// A loss, and the strength of the prior correction of its networks' predictions: `ce @ 0.5` is
/// cross-entropy predicting argmax of log p_c - 0.5 log f_c; see `PriorCorrection`.
package struct CorrectedLoss: Hashable, Sendable {
  /// The loss that is trained, as written.
  package var loss: String
  /// Nil for the networks' own predictions.
  package var tau: Double?

  /// - Throws: `UserError` if what follows the `@` is not a number from 0 to 1, or if the loss is too long.
  package init(_ notation: String) throws(UserError) {
    loss = notation
    try checkLossLength(notation)
    guard !notation.hasPrefix(TorchIdentity.prefix), let sign = notation.lastIndex(of: "@")
    else { return }
    // So do versions of a PyTorch loss, such as dice@1a6226cf.
    guard notation[sign...].wholeMatch(of: /@[0-9a-f]{8}/) == nil else { return }
    func trimmed(_ text: Substring) -> String { text.trimmingCharacters(in: .whitespaces) }
    // A path may have the sign, too.
    guard !notation[sign...].contains(".py:") else { return }
    let number = trimmed(notation[notation.index(after: sign)...])
    guard let tau = Double(number), (0...1).contains(tau) else {
      throw UserError(
        "'\(excerpt(notation))': the strength after @ must be a number from 0 to 1, such as "
          + "ce @ 0.5")
    }
    (loss, self.tau) = (trimmed(notation[..<sign]), tau)
  }

  /// For a loss in PyTorch, its name as tables show it, without the path of its file.
  var withoutFile: CorrectedLoss {
    guard let file = loss.range(of: ".py:", options: .backwards) else { return self }
    var loss = self
    loss.loss = String(self.loss[file.upperBound...])
    return loss
  }

  /// As tables show it.
  package var notation: String { tau.map { Self.notation(loss, tau: $0) } ?? loss }

  static func notation(_ loss: String, tau: Double) -> String { "\(loss) @ \(plain(tau))" }
}

extension RunRecord {
  /// The run as it would be if its network had predicted with a prior correction. What describes the
  /// uncorrected predictions is left out.
  /// - Throws: `UserError` if the run does not store the matrices of this strength.
  package func corrected(tau: Double) throws(UserError) -> RunRecord {
    guard let corrected else {
      throw UserError(
        path: folder.path,
        problem: "stores no corrected predictions, which earlier versions did not make; train it "
          + "again")
    }
    guard let matrices = corrected.matrices(tau: tau) else {
      let there = corrected.taus.map { "\($0)" }.joined(separator: ", ")
      throw UserError(
        path: folder.path, problem: "stores no predictions for tau \(tau); it has \(there)")
    }
    var run = self
    run.configuration.loss = CorrectedLoss.notation(configuration.loss, tau: tau)
    (run.confusions, run.predictions) = (matrices, [:])
    (run.corrected, run.checkpoints, run.classWeights, run.history) = (nil, nil, nil, [])
    (run.boundaries, run.calibration) = (nil, nil)
    return run
  }
}
