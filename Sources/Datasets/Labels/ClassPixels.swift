import Files
import Synchronization
import Tensors

/// Pixels of each class over all images of the store, at its size: the N_c of weighted and
/// balanced cross-entropy. Ignored pixels are not counted.
/// - Throws: `UserError` for the first label file that cannot be read.
package func classPixels(of store: ImageStore, compute: Compute) throws -> [Int] {
  let total = Mutex([Int](repeating: 0, count: store.dataset.classes.count))
  try compute.parallelTry(store.count) { index in
    let labels = try store.resizedLabels(index)
    let counts = histogram(labels, classes: store.dataset.classes.count)
    total.withLock { total in for c in counts.indices { total[c] += counts[c] } }
  }
  return total.withLock { $0 }
}

/// Pixels by training id.
func histogram(_ labels: LabelImage, classes: Int) -> [Int] {
  LabelMap(n: 1, h: labels.height, w: labels.width, ids: labels.ids).histogram(classes: classes)
}

extension Compute {
  /// `parallelFor` for a body that can fail.
  /// - Throws: the error of the lowest index, once all have run.
  package func parallelTry(_ count: Int, _ body: (Int) throws -> Void) throws {
    let failures = Mutex<[Int: any Error]>([:])
    parallelFor(count) { index in
      do { try body(index) } catch { failures.withLock { $0[index] = error } }
    }
    if let first = failures.withLock({ $0.min { $0.key < $1.key } }) { throw first.value }
  }
}
