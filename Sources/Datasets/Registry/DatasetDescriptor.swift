import Foundation

/// Everything RecallBench knows about a data set: what lists and captions print, what sweep files
/// may ask for, how its files are read and how predictions for it are named.
package struct DatasetDescriptor: Sendable {
  package let name: DatasetName
  /// The title as the data set's makers write it.
  package let title: String
  /// The source of the images, for captions.
  package let citation: String
  /// What the folder given by the user contains, for help texts.
  package let layout: String
  package let classes: ClassTable
  package let labels: LabelTable
  /// How its images can be divided; the first is the default.
  package let splitSchemes: [SplitScheme]
  /// The splits that have labels to score on; the first is the default.
  package let scoredSplits: [Split]
  package let predictions: PredictionNaming
  /// The size at which its real images are scored unless a sweep says otherwise; nil: that of the
  /// network's input.
  package let scoredSize: ScoredSize?
  /// Nil for a data set that the paper does not use.
  package let paper: PaperSettings?
  private let openRoot: @Sendable (URL, SplitScheme) throws -> any Dataset

  package init(
    name: DatasetName, title: String, citation: String, layout: String, classes: ClassTable,
    labels: LabelTable, splitSchemes: [SplitScheme] = [.official],
    scoredSplits: [Split] = [.test, .validation, .train],
    predictions: PredictionNaming = .samePath, scoredSize: ScoredSize? = nil,
    paper: PaperSettings? = nil,
    open: @escaping @Sendable (URL, SplitScheme) throws -> any Dataset
  ) {
    (self.name, self.title, self.citation, self.layout) = (name, title, citation, layout)
    (self.classes, self.labels) = (classes, labels)
    (self.splitSchemes, self.scoredSplits) = (splitSchemes, scoredSplits)
    (self.predictions, self.scoredSize) = (predictions, scoredSize)
    (self.paper, openRoot) = (paper, open)
  }

  /// The data set below `root`.
  /// - Throws: `UserError` if the path is missing, empty, or not this data set, or if the data set
  ///   does not have the split scheme.
  package func open(_ root: URL, split: SplitScheme) throws -> any Dataset {
    try openRoot(root, split)
  }
}

/// The paper's settings for a data set, where the paper or its authors' code gives them.
package struct PaperSettings: Hashable, Sendable {
  /// Width and height in pixels.
  package let input: String
  package let iterations: Int
  package let learningRate: Double
  package let evaluate: Split
  package let augmentation: Augmentation
  package let split: SplitScheme
}
