import Datasets
import Files
import Models

extension RunConfiguration {
  /// Checks what was read from a stored run as a sweep file is checked, since anybody may have written
  /// it: nothing that follows has to expect an image of 2^62 pixels or a name with a newline.
  /// - Throws: `UserError` for a value that no sweep file and no option can give.
  func check() throws(UserError) {
    try require(width > 0 && width <= 1, "width", width)
    try checkName(loss, "loss", RunLimits.notation)
    if let torch {
      try checkName(torch.name, "torch.name", RunLimits.notation)
      try require(
        torch.notation == loss, "loss", loss, "its file has the loss \(torch.notation)")
    }
    try data.check()
    try training.check()
    for tau in evaluation?.priorCorrection ?? [] {
      try require((0...1).contains(tau), "evaluation.priorCorrection", tau)
    }
  }
}

extension DataConfiguration {
  fileprivate func check() throws(UserError) {
    try require(
      name.rawValue.wholeMatch(of: /[a-z][a-z0-9_-]{0,39}/) != nil, "data.name", name.rawValue)
    try require(
      (source != .rendered || render != nil) && (source != .folders || folders != nil),
      "data.source", source.rawValue, "what belongs to it is missing")
    for (key, value) in [
      ("height", height), ("width", width), ("evaluateHeight", evaluateHeight),
      ("evaluateWidth", evaluateWidth), ("render.height", render?.height),
      ("render.width", render?.width),
    ] { try checkNumber(value, "data.\(key)", RunLimits.extent) }
    for (key, value) in [("trainLimit", trainLimit), ("evaluateLimit", evaluateLimit)] {
      try checkNumber(value, "data.\(key)", RunLimits.images)
    }
    for (key, value) in [
      ("train", render?.train), ("validation", render?.validation), ("test", render?.test),
    ] { try checkNumber(value, "data.render.\(key)", RunLimits.rendered) }
    for scale in [crop?.smallest, crop?.largest].compactMap(\.self) {
      try require(RunLimits.scale.contains(scale), "data.crop", scale)
    }
    for entry in folders?.classes ?? [] {
      try checkName(entry.name, "data.folders.classes", 1...60)
    }
  }
}

extension TrainingConfiguration {
  fileprivate func check() throws(UserError) {
    try checkNumber(iterations, "training.iterations", RunLimits.iterations)
    try checkNumber(batch, "training.batch", RunLimits.batch)
    try require(
      learningRate > 0 && learningRate <= RunLimits.learningRate, "training.learningRate",
      learningRate)
    try checkNumber(validateEvery, "training.validateEvery", RunLimits.iterations)
    for (key, value) in [
      ("momentum", optimizer?.momentum), ("weightDecay", optimizer?.weightDecay),
      ("warmupFactor", schedule?.warmupFactor),
    ] { try require(value.map { (0...1).contains($0) } ?? true, "training.\(key)", value ?? 0) }
    if let power = schedule?.power {
      try require(power > 0 && power <= 10, "training.power", power)
    }
    try checkNumber(schedule?.warmup, "training.warmup", 0...RunLimits.iterations.upperBound)
  }
}

private func checkNumber(_ value: Int?, _ key: String, _ range: ClosedRange<Int>) throws(UserError)
{
  guard let value else { return }
  try require(
    range.contains(value), key, value, "it must be from \(range.lowerBound) to \(range.upperBound)")
}

/// Names are shown, and become parts of paths and of scripts.
private func checkName(_ name: String, _ key: String, _ count: ClosedRange<Int>) throws(UserError) {
  try require(
    count.contains(name.count) && !name.hasHiddenCharacters, key, quoted(name),
    "a name has \(count.lowerBound) to \(count.upperBound) characters that can be printed")
}

private func require(
  _ isSound: Bool, _ key: String, _ value: some CustomStringConvertible, _ rule: String = ""
) throws(UserError) {
  if isSound { return }
  throw UserError(
    "'\(key)' is \(value)" + (rule.isEmpty ? ", which no run can have" : ": \(rule)"))
}
