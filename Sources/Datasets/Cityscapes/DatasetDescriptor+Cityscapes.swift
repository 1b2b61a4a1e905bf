extension DatasetName {
  package static let cityscapes = DatasetName(rawValue: "cityscapes")
}

extension DatasetDescriptor {
  package static let cityscapes = DatasetDescriptor(
    name: .cityscapes, title: "Cityscapes",
    citation: "Cityscapes, fine annotations (Cordts et al. 2016)",
    layout: "leftImg8bit and gtFine", classes: .cityscapes, labels: .cityscapes,
    scoredSplits: [.validation, .train], predictions: .cityscapes, scoredSize: .files,
    paper: PaperSettings(
      input: "769x769, evaluated at 2048x1024", iterations: 90_000, learningRate: 1e-4,
      evaluate: .validation, augmentation: .cityscapes, split: .official)
  ) { root, split in
    try split.requireOfficial("Cityscapes", root)
    return try CityscapesDataset(root: root)
  }
}
