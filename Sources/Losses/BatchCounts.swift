import Tensors

/// FN_c: the batch's valid pixels of each class that are predicted as another, by argmax with ties
/// to the lowest class.
func missedPixels(_ input: LossInput) -> [Int] {
  let predictions = argmax(logits: input.logits, input.compute)
  var missed = [Int](repeating: 0, count: input.classes)
  for (label, prediction) in zip(input.labels.ids, predictions)
  where label != LabelMap.ignored && label != prediction { missed[Int(label)] += 1 }
  return missed
}

/// FN_c, and FP_c: the batch's valid pixels of other classes that are predicted as this one.
func wrongPixels(_ input: LossInput) -> (missed: [Int], falsePositives: [Int]) {
  let predictions = argmax(logits: input.logits, input.compute)
  var missed = [Int](repeating: 0, count: input.classes)
  var falsePositives = missed
  for (label, prediction) in zip(input.labels.ids, predictions)
  where label != LabelMap.ignored && label != prediction {
    missed[Int(label)] += 1
    falsePositives[Int(prediction)] += 1
  }
  return (missed, falsePositives)
}
