import Foundation
import Tensors

/// Correcting the prior of a trained network: instead of the class with the largest posterior p_c,
/// predict argmax of log p_c - tau log f_c, where f_c is the class's share of the training pixels
/// (Menon et al., "Long-tail learning via logit adjustment", ICLR 2021, equation 9).
///
/// With tau = 0 the prediction is the network's own; with tau = 1 it is the one for which all
/// classes are equally frequent. A class without a training pixel has no f_c: its logit is left as
/// it is.
package struct PriorCorrection: Hashable, Sendable {
  /// In the order of the configuration.
  package let taus: [Double]
  /// log f_c by training id; 0 for a class without a training pixel.
  package let logShares: [Double]

  /// - Parameter classPixels: training pixels by training id.
  package init(taus: [Double], classPixels: [Int]) {
    let all = Double(classPixels.reduce(0, +))
    self.taus = taus
    logShares = classPixels.map { $0 > 0 ? log(Double($0) / all) : 0 }
  }

  /// The corrected predictions for one tau, N x H x W training ids.
  /// - Parameter logits: [N, H, W, C]; log p_c differs from them by the same amount in all classes.
  package func predict(_ logits: Tensor, tau: Double, _ compute: Compute) -> [UInt8] {
    argmax(logits: logits, adding: logShares.map { Float(-tau * $0) }, compute)
  }
}
