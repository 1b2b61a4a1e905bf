extension ClassTable {
  /// Cityscapes' 19 evaluated classes in the order of its train ids, with its own colors.
  package static let cityscapes = ClassTable(
    entries: [
      Entry(name: "road", color: [128, 64, 128], isMinority: false),
      Entry(name: "sidewalk", color: [244, 35, 232], isMinority: false),
      Entry(name: "building", color: [70, 70, 70], isMinority: false),
      Entry(name: "wall", color: [102, 102, 156], isMinority: true),
      Entry(name: "fence", color: [190, 153, 153], isMinority: true),
      Entry(name: "pole", color: [153, 153, 153], isMinority: true),
      Entry(name: "traffic light", color: [250, 170, 30], isMinority: true),
      Entry(name: "traffic sign", color: [220, 220, 0], isMinority: false),
      Entry(name: "vegetation", color: [107, 142, 35], isMinority: false),
      Entry(name: "terrain", color: [152, 251, 152], isMinority: true),
      Entry(name: "sky", color: [70, 130, 180], isMinority: false),
      Entry(name: "person", color: [220, 20, 60], isMinority: true),
      Entry(name: "rider", color: [255, 0, 0], isMinority: true),
      Entry(name: "car", color: [0, 0, 142], isMinority: false),
      Entry(name: "truck", color: [0, 0, 70], isMinority: false),
      Entry(name: "bus", color: [0, 60, 100], isMinority: false),
      Entry(name: "train", color: [0, 80, 100], isMinority: false),
      Entry(name: "motorcycle", color: [0, 0, 230], isMinority: true),
      Entry(name: "bicycle", color: [119, 11, 32], isMinority: false),
    ],
    minorityRule: "the classes of the paper's Table III")
}
