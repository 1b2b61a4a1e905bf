/// What becomes of pixels that a data set labels void.
package enum VoidRule: String, Codable, Hashable, Sendable, CaseIterable {
  /// They take no part in training or scores.
  case ignored
  /// They are a class like the others.
  case counts
}

extension DatasetDescriptor {
  /// The same data set with void as a class; nil where it has no such class.
  package var countingVoid: DatasetDescriptor? { name == .synthia ? .synthiaCountingVoid : nil }

  /// The 14 classes of the paper's SYNTHIA means: its authors' code ignores the value 255 only, and
  /// SYNTHIA's void is 0.
  private static let synthiaCountingVoid = DatasetDescriptor(
    name: .synthia, title: synthia.title, citation: synthia.citation, layout: synthia.layout,
    classes: .synthiaWithVoid, labels: .synthiaWithVoid, splitSchemes: synthia.splitSchemes,
    scoredSplits: synthia.scoredSplits, predictions: synthia.predictions, paper: synthia.paper
  ) { root, split in try SynthiaDataset(root: root, split: split, countsVoid: true) }
}

extension ClassTable {
  /// File ids 0 to 12 and 15 in order: training id 0 is void, and the others are one more than in
  /// `synthia`.
  package static let synthiaWithVoid = ClassTable(
    entries: [Entry(name: "void", color: [0, 0, 0], isMinority: false)] + synthia.entries,
    minorityRule: synthia.minorityRule)
}

extension LabelTable {
  package static let synthiaWithVoid = LabelTable(
    .synthia, title: synthia.title, classes: .synthiaWithVoid,
    fileIds: [0] + SynthiaDataset.fileIds,
    ignored: [13: ("reserved 13", [0, 0, 0]), 14: ("reserved 14", [0, 0, 0])],
    format: .firstOfThreeChannels)
}
