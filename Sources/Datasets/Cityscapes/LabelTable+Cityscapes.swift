extension LabelTable {
  /// Cityscapes' 34 label ids and 8 categories, and the sizes its instance-level IoU is weighted
  /// with: facts of the data set's published label definitions and evaluation.
  package static let cityscapes = LabelTable(
    .cityscapes, title: "Cityscapes label ids", classes: .cityscapes,
    fileIds: CityscapesDataset.fileIds,
    ignored: [
      0: ("unlabeled", [0, 0, 0]),
      1: ("ego vehicle", [0, 0, 0]),
      2: ("rectification border", [0, 0, 0]),
      3: ("out of roi", [0, 0, 0]),
      4: ("static", [0, 0, 0]),
      5: ("dynamic", [111, 74, 0]),
      6: ("ground", [81, 0, 81]),
      9: ("parking", [250, 170, 160]),
      10: ("rail track", [230, 150, 140]),
      14: ("guard rail", [180, 165, 180]),
      15: ("bridge", [150, 100, 100]),
      16: ("tunnel", [150, 120, 90]),
      18: ("polegroup", [153, 153, 153]),
      29: ("caravan", [0, 0, 90]),
      30: ("trailer", [0, 0, 110]),
    ],
    categories: [
      Category(name: "void", ids: 0...6, hasInstances: false),
      Category(name: "flat", ids: 7...10, hasInstances: false),
      Category(name: "construction", ids: 11...16, hasInstances: false),
      Category(name: "object", ids: 17...20, hasInstances: false),
      Category(name: "nature", ids: 21...22, hasInstances: false),
      Category(name: "sky", ids: 23...23, hasInstances: false),
      Category(name: "human", ids: 24...25, hasInstances: true),
      Category(name: "vehicle", ids: 26...33, hasInstances: true),
    ],
    averageInstanceSize: [
      24: 3462.4756337644,  // person
      25: 3930.4788056518,  // rider
      26: 12794.0202738185,  // car
      27: 27855.1264367816,  // truck
      28: 35732.1511111111,  // bus
      31: 67583.7075812274,  // train
      32: 6298.7200839748,  // motorcycle
      33: 4672.3249222261,  // bicycle
    ])
}
