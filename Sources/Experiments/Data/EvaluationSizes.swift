import Datasets

extension DataConfiguration {
  /// The size of the network's input in evaluation, and of what pictures show: the given one, or that
  /// of training.
  package var evaluationSize: (height: Int, width: Int) {
    (evaluateHeight ?? height, evaluateWidth ?? width)
  }

  /// The sizes at which images are evaluated and scored.
  ///
  /// A network that is trained on crops of whole images sees whole files where they are scored at their
  /// own size, unless a size is given: squeezed into the size of a crop, everything would be smaller
  /// than in training.
  var evaluationSizes: EvaluationSampler.Sizes {
    guard scoredSize == .files else { return .store }
    let crops = augmentation == .cityscapes || crop != nil
    return crops && evaluateHeight == nil ? .files : .labelFiles
  }

  /// Whether the network sees whole image files in evaluation, each at its own size.
  package var seesWholeFiles: Bool { evaluationSizes == .files }

  /// The size of the network's input for an image file of this size.
  func evaluationInput(height: Int, width: Int) -> (height: Int, width: Int) {
    evaluationSizes == .files ? (height, width) : evaluationSize
  }

  /// The size of the labels that predictions are compared with, `96x192` (height x width in pixels), or
  /// `files`.
  package var scoredAt: String {
    let (height, width) = evaluationSize
    return scoredSize?.rawValue ?? "\(height)x\(width)"
  }

  /// The same inside a sentence: `scored at 96x192`.
  package var scoredText: String {
    scoredSize == .files ? "scored at the files' own size" : "scored at \(scoredAt)"
  }
}
