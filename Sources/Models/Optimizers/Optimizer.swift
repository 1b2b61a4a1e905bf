import Tensors

/// Takes training steps, and holds what it remembers of earlier ones.
package protocol Optimizer: AnyObject {
  var parameters: [Parameter] { get }
  /// The learning rate of the next step.
  var learningRate: Double { get set }
  /// Steps taken.
  var step: Int { get set }
  /// What later steps depend on besides `step`, by the names that checkpoints have for it.
  var state: [(name: String, tensor: Tensor)] { get }
  /// Begins a step, in which the backward pass updates every parameter as soon as its gradient is
  /// known; elements do not depend on each other, so in any order.
  func nextStep() -> any ParameterUpdate
}

extension Optimizer {
  /// Updates every parameter from the gradient kept with it and clears the gradient.
  package func update(_ compute: Compute) {
    let update = nextStep()
    for parameter in parameters {
      update.apply(parameter.gradient, to: parameter, compute)
      parameter.gradient.fill(0)
    }
  }
}

/// The place of each parameter in an optimizer's list.
struct ParameterPlaces {
  private let places: [ObjectIdentifier: Int]

  init(_ parameters: [Parameter]) {
    places = Dictionary(
      uniqueKeysWithValues: parameters.enumerated().map { (ObjectIdentifier($1), $0) })
  }

  /// Traps if the parameter is not in the list.
  subscript(_ parameter: Parameter) -> Int {
    guard let place = places[ObjectIdentifier(parameter)] else {
      preconditionFailure("\(parameter.name) is not one of the optimizer's parameters")
    }
    return place
  }
}
