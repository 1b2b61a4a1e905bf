import Foundation

/// Logits with a constant added to those of each class: z_j + a_j, [N, H, W, C].
package func shiftedLogits(_ batch: LabeledLogits, by shifts: [Float]) -> Tensor {
  let c = batch.classes
  precondition(shifts.count == c, "\(shifts.count) shifts, \(c) classes")
  let result = batch.compute.empty(batch.logits.shape)
  let (z, output) = (batch.logits.base, result.base)
  shifts.withUnsafeBufferPointer { shifts in
    batch.compute.parallelBlocks(batch.pixels, block: 2048) { _, range in
      for i in range { for j in 0..<c { output[i * c + j] = z[i * c + j] + shifts[j] } }
    }
  }
  return result
}

/// The logarithms of seesaw loss's factors S_yj = M_yj C_yj, [N, H, W, C]: what it adds to the
/// logits. 0 for a pixel's own class and at ignored pixels.
///
/// log C_yj = q max(0, log p_j - max(log p_y, log floor)), from differences of logits.
///
/// - Parameters:
///   - mitigation: log M_yj, [C, C].
///   - floor: the smallest p_y that C is computed from, above 0.
package func seesawShifts(
  _ batch: LabeledLogits, mitigation: [Float], q: Float, floor: Float
) -> Tensor {
  let c = batch.classes
  precondition(mitigation.count == c * c, "\(mitigation.count) factors, \(c) classes")
  let (z, logFloor) = (UnsafePointer(batch.logits.base), log(floor))
  let shifts = batch.compute.empty(batch.logits.shape)
  mitigation.withUnsafeBufferPointer { mitigation in
    batch.labels.ids.withUnsafeBufferPointer { ids in
      batch.compute.parallelBlocks(batch.pixels, block: 2048) { _, range in
        forTiles(batch, ids.baseAddress!, range, gradient: shifts) { tile, rows in
          let ce = tile.crossEntropy
          for lane in 0..<8 {
            let row = rows + lane * c
            guard let label = tile.label(lane) else {
              row.update(repeating: 0, count: c)
              continue
            }
            let z = z + (tile.first + lane) * c
            // The logit of a class with the probability max(p_y, floor).
            let own = z[label] + max(0, ce[lane] + logFloor)
            for j in 0..<c { row[j] = mitigation[label * c + j] + q * max(0, z[j] - own) }
            row[label] = 0
          }
        }
      }
    }
  }
  return shifts
}
