/// The losses there are. A new one is a file of its own and a line here.
package enum LossRegistry {
  /// In the order of the paper's tables.
  package static let all: [LossDescriptor] = [
    CrossEntropyLoss.descriptor,
    WeightedCrossEntropyLoss.descriptor,
    BalancedCrossEntropyLoss.descriptor,
    FocalLoss.descriptor,
    OHEMLoss.descriptor,
    SoftIoULoss.descriptor,
    LovaszSoftmaxLoss.descriptor,
    RecallLoss.descriptor,
  ]

  package static func descriptor(named name: String) -> LossDescriptor? {
    all.first { $0.name == name }
  }

  /// The loss that a specification names.
  ///
  /// - Parameters:
  ///   - classes: C.
  ///   - classPixels: the training split's pixels of each class, ignored ones left out.
  /// - Throws: `LossCreationError` if `classPixels` does not have `classes` entries that are not
  ///   negative, or has none above zero although the loss depends on them.
  package static func make(
    _ specification: LossSpecification, classes: Int, classPixels: [Int]
  ) throws -> any Loss {
    guard let descriptor = descriptor(named: specification.name) else {
      preconditionFailure("a specification of a loss that is not registered")
    }
    guard classPixels.count == classes, classPixels.allSatisfy({ $0 >= 0 }) else {
      throw LossCreationError(
        description: "\(specification): pixel counts of \(classes) classes needed, one each and "
          + "none negative, but given \(classPixels)")
    }
    guard !descriptor.needsClassPixels || classPixels.contains(where: { $0 > 0 }) else {
      throw LossCreationError(
        description: "\(specification): the training split has no labelled pixel to take class "
          + "weights from")
    }
    return descriptor.make(
      LossIngredients(classes: classes, classPixels: classPixels, values: specification.values))
  }
}

/// Why a loss cannot be made for a data set.
package struct LossCreationError: Error, Hashable, CustomStringConvertible {
  /// One line.
  package let description: String

  package init(description: String) { self.description = description }
}
