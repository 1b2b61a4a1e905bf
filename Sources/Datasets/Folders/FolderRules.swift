/// What decides the numbers of a data set that its user describes, apart from the files: a part of
/// each run's configuration. It holds no path.
package struct FolderRules: Codable, Hashable, Sendable {
  /// How classes stand in label files.
  package enum LabelType: String, Codable, Hashable, Sendable, CaseIterable {
    /// Gray levels of 8 or 16 bits are ids.
    case gray
    /// Palette indices are ids.
    case palette
    /// Each color is a class.
    case rgb
  }

  package struct Class: Codable, Hashable, Sendable {
    package var name: String
    /// In label files; nil where the color tells the class.
    package var id: Int?
    /// Red, green, blue.
    package var color: [UInt8]

    package init(name: String, id: Int?, color: [UInt8]) {
      (self.name, self.id, self.color) = (name, id, color)
    }
  }

  package var labels: LabelType
  /// In the order of the training ids.
  package var classes: [Class]
  /// What stands in label files where nothing is scored.
  package var ignored: [LabelValue]
  /// Names of classes; nil: those with less than 2 percent of the training pixels.
  package var minority: [String]?
  /// Nil where the user says which images are in which split.
  package var split: SeededSplit?
  /// Nil: counted over the training images and stored with the run.
  package var normalization: Normalization?

  package init(
    labels: LabelType, classes: [Class], ignored: [LabelValue] = [], minority: [String]? = nil,
    split: SeededSplit? = nil, normalization: Normalization? = nil
  ) {
    (self.labels, self.classes, self.ignored) = (labels, classes, ignored)
    (self.minority, self.split, self.normalization) = (minority, split, normalization)
  }

  /// At most this many classes: a training id is a byte, of which one value means ignored.
  package static let mostClasses = 250

  package var classTable: ClassTable {
    var table = ClassTable(
      entries: classes.map {
        ClassTable.Entry(
          name: $0.name, color: $0.color, isMinority: minority?.contains($0.name) ?? false)
      },
      minorityRule: minority == nil
        ? "classes with less than 2% of the training pixels" : "as the data set's description says")
    table.countsMinority = minority == nil
    return table
  }

  /// By training id; after them one label for all that is ignored.
  func labelTable(of name: DatasetName) -> LabelTable {
    let ignoredLabel: [Int: (name: String, color: [UInt8])] =
      ignored.isEmpty ? [:] : [classes.count: (Self.ignoredName, [0, 0, 0])]
    return LabelTable(
      name, title: "\(name)", classes: classTable, fileIds: Array(classes.indices),
      ignored: ignoredLabel, format: .described(FolderLabels(self)))
  }

  /// What tables of scores call the ignored labels: no class can have this name.
  package static let ignoredName = "ignored"
}

/// A seeded division of one folder of images.
package struct SeededSplit: Codable, Hashable, Sendable {
  /// Shares of training, validation and test images; their sum is 1.
  package var ratios: [Double]
  package var seed: UInt64
  /// A regular expression that finds the group in an image's path: what its first parentheses match,
  /// else all it matches. Images of a group stay together. Nil: each image is a group.
  package var group: String?

  package init(ratios: [Double], seed: UInt64, group: String? = nil) {
    (self.ratios, self.seed, self.group) = (ratios, seed, group)
  }
}

/// What stands in a pixel of a label file: an id, or a color. In JSON a number or three.
package enum LabelValue: Hashable, Sendable {
  case id(Int)
  /// 0xRRGGBB.
  case color(Int)

  package init(color: [UInt8]) { self = .color(color.reduce(0) { $0 << 8 | Int($1) }) }

  /// The id, or the color as one number.
  var key: Int {
    switch self {
    case .id(let id), .color(let id): id
    }
  }

  package var components: [Int] {
    switch self {
    case .id(let id): [id]
    case .color(let color): [color >> 16 & 255, color >> 8 & 255, color & 255]
    }
  }
}

extension LabelValue: CustomStringConvertible {
  /// `label id 7` or `color [128, 0, 64]`
  package var description: String {
    switch self {
    case .id(let id): "label id \(id)"
    case .color: "color \(components)"
    }
  }
}

extension LabelValue: Codable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let id = try? container.decode(Int.self) {
      self = .id(id)
    } else {
      let color = try container.decode([UInt8].self)
      guard color.count == 3 else {
        throw DecodingError.dataCorruptedError(
          in: container, debugDescription: "a color has three components")
      }
      self.init(color: color)
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .id(let id): try container.encode(id)
    case .color: try container.encode(components)
    }
  }
}
