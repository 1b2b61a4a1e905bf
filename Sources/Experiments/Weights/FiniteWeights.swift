import Checkpoints
import Files

/// Warns of weights that are not finite numbers, which no one would otherwise notice in the file.
/// - Parameter owner: whose weights they are.
func warnUnlessFinite(_ weights: [NamedArray], _ owner: String) {
  let broken = weights.filter { !$0.values.allSatisfy(\.isFinite) }
  guard let first = broken.first else { return }
  let more = broken.count > 1 ? " and \(broken.count - 1) more arrays" : ""
  warn("\(owner): the weights \(first.name)\(more) have values that are not finite")
}
