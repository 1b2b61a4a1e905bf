import Files
import Synchronization

/// The available losses. To add one, write a file and add a line here; a package that depends on
/// RecallBench registers its own.
public enum LossRegistry {
  /// The order is that of the paper's tables, then what the authors' code computes under those
  /// names, then the losses of the paper's related work and of its section III-C, then later losses
  /// for the same problem.
  private static let builtIn: [LossDescriptor] = [
    CrossEntropyLoss.descriptor,
    WeightedCrossEntropyLoss.descriptor,
    BalancedCrossEntropyLoss.descriptor,
    FocalLoss.descriptor,
    OHEMLoss.descriptor,
    SoftIoULoss.descriptor,
    LovaszSoftmaxLoss.descriptor,
    RecallLoss.descriptor,

    CrossEntropyLoss.published,
    WeightedCrossEntropyLoss.published,
    BalancedCrossEntropyLoss.published,
    PublishedFocalLoss.descriptor,
    PublishedOHEMLoss.descriptor,
    PublishedSoftIoULoss.descriptor,
    PublishedLovaszSoftmaxLoss.descriptor,
    PublishedRecallLoss.descriptor,

    SoftDiceLoss.descriptor,
    SoftTverskyLoss.descriptor,
    JaccardLoss.descriptor,
    LDAMLoss.descriptor,
    MetricWeightedCrossEntropyLoss.precision,
    MetricWeightedCrossEntropyLoss.dice,
    MetricWeightedCrossEntropyLoss.jaccard,
    MetricWeightedCrossEntropyLoss.tversky,

    LogitAdjustedCrossEntropyLoss.descriptor,
    JaccardMetricLoss.descriptor,
    UnifiedFocalLoss.descriptor,
    PolyCrossEntropyLoss.descriptor,
    SeesawLoss.descriptor,
    TiltedCrossEntropyLoss.descriptor,
  ]

  private static let registered = Mutex<[LossDescriptor]>([])

  /// The losses of RecallBench, then those registered, in order of registration.
  package static var all: [LossDescriptor] { builtIn + registered.withLock { $0 } }

  /// Adds a loss, which sweeps, commands and weighted sums then find by its name.
  ///
  /// A run's record contains the name and the parameters, and a digest of the program, by which a
  /// sweep knows runs of another build.
  /// - Throws: `UserError` if the name is taken or is invalid (it must be a lowercase letter, then
  ///   lowercase letters, digits and `_`), or if a parameter could not be parsed: its name is
  ///   invalid or is given twice, or its default is outside its range.
  public static func register(_ descriptor: LossDescriptor) throws {
    guard descriptor.name.wholeMatch(of: /[a-z][a-z0-9_]*/) != nil else {
      throw UserError(
        "\"\(descriptor.name)\" is not a valid loss name: use a lowercase letter, then lowercase "
          + "letters, digits and _")
    }
    var names: Set<String> = []
    for parameter in descriptor.parameters {
      let (name, range) = (parameter.name, parameter.range)
      var problem: String?
      if name.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]*/) == nil {
        problem =
          "\"\(name)\" is not a valid parameter name; use a letter, then letters, digits and _"
      } else if !names.insert(name).inserted {
        problem = "there are two parameters named \(name)"
      } else if let value = parameter.defaultValue, !range.contains(value) {
        problem = "the default of \(name) is \(value.shortest), but it must be \(range)"
      }
      if let problem {
        throw UserError("loss \(descriptor.name): \(problem)")
      }
    }
    try registered.withLock { registered in
      guard !(builtIn + registered).contains(where: { $0.name == descriptor.name }) else {
        throw UserError(
          "there is already a loss named \(descriptor.name); choose another name")
      }
      registered.append(descriptor)
    }
  }

  /// Whether a loss, or a part of a sum, is one that another package registered.
  package static func isRegistered(_ notation: String) -> Bool {
    let names = Set(notation.matches(of: /[a-z][a-z0-9_.]*/).map { String($0.0) })
    return registered.withLock { $0.contains { names.contains($0.name) } }
  }

  /// Whether another package registered a loss.
  package static var hasRegistered: Bool { registered.withLock { !$0.isEmpty } }

  package static func descriptor(named name: String) -> LossDescriptor? {
    all.first { $0.name == name }
  }

  /// The loss that a specification describes.
  ///
  /// - Parameters:
  ///   - classes: C.
  ///   - classPixels: the training split's pixels of each class, ignored ones left out.
  ///   - validationFirstImagePixels: those of the first image of every validation batch, which some
  ///     published variants take their weights from; nil: `classPixels` is used for both.
  /// - Throws: `UserError` if the counts do not have `classes` entries that are not
  ///   negative, or have none above zero although the loss depends on them.
  package static func make(
    _ specification: LossSpecification, classes: Int, classPixels: [Int],
    validationFirstImagePixels: [Int]? = nil
  ) throws -> any Loss {
    let descriptor = specification.descriptor
    let validation = validationFirstImagePixels ?? classPixels
    for counts in [classPixels, validation]
    where counts.count != classes || counts.contains(where: { $0 < 0 }) {
      throw UserError(
        "\(specification): needs pixel counts for \(classes) classes, one each and "
          + "none negative, but got \(counts)")
    }
    for (needed, counts, split) in [
      (descriptor.needsClassPixels, classPixels, "the training split has"),
      (
        descriptor.needsValidationPixels, validation,
        "the first images of the validation batches have"
      ),
    ] where needed && !counts.contains(where: { $0 > 0 }) {
      throw UserError(
        "\(specification): \(split) no labeled pixel to take class weights from")
    }
    return try descriptor.make(
      LossIngredients(
        classes: classes, classPixels: classPixels, validationFirstImagePixels: validation,
        values: specification.terms[0].values))
  }
}
