/// Hands its value out once and lets go of it: for saved values that a closure takes along.
final class Once<Value> {
  private var value: Value?

  init(_ value: consuming Value) { self.value = value }

  func take() -> Value {
    guard let taken = value.take() else { preconditionFailure("a second backward pass") }
    return taken
  }
}
