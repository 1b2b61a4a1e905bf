extension Int {
  /// The whole part of any number, as near as an `Int` comes to it; 0 for what is no number.
  init(clamping value: Double) {
    if value.isNaN {
      self = 0
    } else {
      self = Int(exactly: value.rounded(.towardZero)) ?? (value < 0 ? .min : .max)
    }
  }
}
