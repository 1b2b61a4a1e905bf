extension ClassTable {
  /// CamVid's 11 classes of the SegNet split in the order of its label files, with CamVid's own
  /// colors. Shares of the training pixels, in percent: sky 17.5, building 24.2, pole 1.02,
  /// road 33.0, pavement 4.7, tree 10.1, sign 1.22, fence 1.17, car 6.1, pedestrian 0.67,
  /// bicyclist 0.30.
  package static let camvid = ClassTable(
    entries: [
      Entry(name: "sky", color: [128, 128, 128], isMinority: false),
      Entry(name: "building", color: [128, 0, 0], isMinority: false),
      Entry(name: "pole", color: [192, 192, 128], isMinority: true),
      Entry(name: "road", color: [128, 64, 128], isMinority: false),
      Entry(name: "pavement", color: [0, 0, 192], isMinority: false),
      Entry(name: "tree", color: [128, 128, 0], isMinority: false),
      Entry(name: "sign", color: [192, 128, 128], isMinority: true),
      Entry(name: "fence", color: [64, 64, 128], isMinority: true),
      Entry(name: "car", color: [64, 0, 128], isMinority: false),
      Entry(name: "pedestrian", color: [64, 64, 0], isMinority: true),
      Entry(name: "bicyclist", color: [0, 128, 192], isMinority: true),
    ],
    minorityRule: "classes with less than 2% of the training pixels")
}
