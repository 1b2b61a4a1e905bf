extension DatasetName {
  package static let synthia = DatasetName(rawValue: "synthia")
}

extension DatasetDescriptor {
  package static let synthia = DatasetDescriptor(
    name: .synthia, title: "SYNTHIA", citation: "SYNTHIA-SEQS (Ros et al. 2016)",
    layout: "RGB and GT", classes: .synthia, labels: .synthia,
    splitSchemes: [.shuffled, .blocked],
    paper: PaperSettings(
      input: "768x384", iterations: 100_000, learningRate: 1e-3, evaluate: .test,
      augmentation: .none, split: .shuffled)
  ) { root, split in try SynthiaDataset(root: root, split: split) }
}

extension LabelTable {
  package static let synthia = LabelTable(
    .synthia, title: "SYNTHIA label ids", classes: .synthia, fileIds: SynthiaDataset.fileIds,
    ignored: [
      0: ("void", [0, 0, 0]), 13: ("reserved 13", [0, 0, 0]), 14: ("reserved 14", [0, 0, 0]),
    ], format: .firstOfThreeChannels)
}
