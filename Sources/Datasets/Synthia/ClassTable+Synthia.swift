extension ClassTable {
  /// SYNTHIA-SEQS: file ids 1 to 12 and 15 in order, with the colors of its documentation.
  package static let synthia = ClassTable(
    entries: [
      Entry(name: "sky", color: [128, 128, 128], isMinority: false),
      Entry(name: "building", color: [128, 0, 0], isMinority: false),
      Entry(name: "road", color: [128, 64, 128], isMinority: false),
      Entry(name: "sidewalk", color: [0, 0, 192], isMinority: false),
      Entry(name: "fence", color: [64, 64, 128], isMinority: false),
      Entry(name: "vegetation", color: [128, 128, 0], isMinority: false),
      Entry(name: "pole", color: [192, 192, 128], isMinority: true),
      Entry(name: "car", color: [64, 0, 128], isMinority: true),
      Entry(name: "traffic sign", color: [192, 128, 128], isMinority: true),
      Entry(name: "pedestrian", color: [64, 64, 0], isMinority: true),
      Entry(name: "bicycle", color: [0, 128, 192], isMinority: true),
      Entry(name: "lane marking", color: [0, 172, 0], isMinority: false),
      Entry(name: "traffic light", color: [0, 128, 128], isMinority: true),
    ],
    minorityRule: "the classes of the paper's Table II")
}
