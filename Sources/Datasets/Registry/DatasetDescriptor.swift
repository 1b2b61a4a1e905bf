import Foundation

/// All there is to say about a data set: what lists and captions print, what sweep files may ask
/// for, how its files are read and how predictions for it are named.
package struct DatasetDescriptor: Sendable {
  package let name: DatasetName
  /// As its makers write it.
  package let title: String
  /// Whose images these are, for captions.
  package let citation: String
  /// What the folder that a user gives holds, for help texts.
  package let layout: String
  package let classes: ClassTable
  package let labels: LabelTable
  /// How its images can be divided; the first is the default.
  package let splitSchemes: [SplitScheme]
  /// The splits that have labels to score on; the first is the default.
  package let scoredSplits: [Split]
  package let predictions: PredictionNaming
  /// Nil for a data set that the paper does not use.
  package let paper: PaperSettings?
  private let openRoot: @Sendable (URL, SplitScheme) throws -> any Dataset

  package init(
    name: DatasetName, title: String, citation: String, layout: String, classes: ClassTable,
    labels: LabelTable, splitSchemes: [SplitScheme] = [.official],
    scoredSplits: [Split] = [.test, .validation, .train],
    predictions: PredictionNaming = .samePath, paper: PaperSettings? = nil,
    open: @escaping @Sendable (URL, SplitScheme) throws -> any Dataset
  ) {
    (self.name, self.title, self.citation, self.layout) = (name, title, citation, layout)
    (self.classes, self.labels) = (classes, labels)
    (self.splitSchemes, self.scoredSplits) = (splitSchemes, scoredSplits)
    (self.predictions, self.paper, openRoot) = (predictions, paper, open)
  }

  /// The data set below `root`.
  /// - Throws: `UserError` if the path is missing, empty or something else, or the split scheme is
  ///   not one of this data set.
  package func open(_ root: URL, split: SplitScheme) throws -> any Dataset {
    try openRoot(root, split)
  }
}

/// The paper's settings on a data set, as far as they are known from it and its authors' code.
package struct PaperSettings: Hashable, Sendable {
  /// Pixels across and down.
  package let input: String
  package let iterations: Int
  package let learningRate: Double
  package let evaluate: Split
  package let augmentation: Augmentation
  package let split: SplitScheme
}
