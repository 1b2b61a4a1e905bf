/// FN_c: the batch's valid pixels of each class that are predicted as another, by argmax with ties
/// to the lowest class.
package func missedPixels(_ batch: LabeledLogits) -> [Int] { wrongPixels(batch).missed }

/// FP_c: the batch's valid pixels of other classes that are predicted as this one, by argmax with ties
/// to the lowest class.
package func falsePositives(_ batch: LabeledLogits) -> [Int] { wrongPixels(batch).falsePositives }

/// FN_c, and FP_c: the batch's valid pixels of other classes that are predicted as this one.
package func wrongPixels(_ batch: LabeledLogits) -> (missed: [Int], falsePositives: [Int]) {
  let predictions = argmax(logits: batch.logits, batch.compute)
  let (pixels, block) = (batch.labels.pixels, 1 << 15)
  // For each block, FN by label, then FP by prediction.
  var counts = [Int](repeating: 0, count: (pixels + block - 1) / block * 512)
  counts.withUnsafeMutableBufferPointer { counts in
    batch.labels.ids.withUnsafeBufferPointer { ids in
      predictions.withUnsafeBufferPointer { predictions in
        batch.compute.parallelBlocks(pixels, block: block) { b, range in
          let missed = counts.baseAddress! + b * 512
          for i in range where ids[i] != predictions[i] && ids[i] != LabelMap.ignored {
            missed[Int(ids[i])] += 1
            missed[256 + Int(predictions[i])] += 1
          }
        }
      }
    }
  }
  func total(_ k: Int) -> Int {
    stride(from: k, to: counts.count, by: 512).reduce(0) { $0 + counts[$1] }
  }
  return ((0..<batch.classes).map { total($0) }, (0..<batch.classes).map { total(256 + $0) })
}
