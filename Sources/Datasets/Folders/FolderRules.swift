/// Everything besides the files that affects results on a user-described data set; it is part of
/// each run's configuration. It contains no path.
package struct FolderRules: Codable, Hashable, Sendable {
  /// How classes are encoded in label files.
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
    /// The id in label files; nil where the color identifies the class.
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
  /// The values in label files for pixels that are not scored.
  package var ignored: [LabelValue]
  /// Names of classes; nil: those with less than 2 percent of the training pixels.
  package var minority: [String]?
  /// Nil where the user assigns the images to splits.
  package var split: SeededSplit?
  /// Nil: computed from the training images and stored with the run.
  package var normalization: Normalization?

  package init(
    labels: LabelType, classes: [Class], ignored: [LabelValue] = [], minority: [String]? = nil,
    split: SeededSplit? = nil, normalization: Normalization? = nil
  ) {
    (self.labels, self.classes, self.ignored) = (labels, classes, ignored)
    (self.minority, self.split, self.normalization) = (minority, split, normalization)
  }

  /// The largest number of classes: a training id is a byte, and one value means ignored.
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

  /// The labels by training id, followed by one label for everything that is ignored.
  func labelTable(of name: DatasetName) -> LabelTable {
    let ignoredLabel: [Int: (name: String, color: [UInt8])] =
      ignored.isEmpty ? [:] : [classes.count: (Self.ignoredName, [0, 0, 0])]
    return LabelTable(
      name, title: "\(name)", classes: classTable, fileIds: Array(classes.indices),
      ignored: ignoredLabel, format: .described(FolderLabels(self)))
  }

  /// The name of the ignored labels in tables of scores; no class can have it.
  package static let ignoredName = "ignored"
}

extension FolderRules {
  /// - Throws: `DecodingError` for rules that no description can produce.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    labels = try container.decode(LabelType.self, forKey: .labels)
    classes = try container.decode([Class].self, forKey: .classes)
    ignored = try container.decode([LabelValue].self, forKey: .ignored)
    minority = try container.decodeIfPresent([String].self, forKey: .minority)
    split = try container.decodeIfPresent(SeededSplit.self, forKey: .split)
    normalization = try container.decodeIfPresent(Normalization.self, forKey: .normalization)
    guard isSound else {
      throw DecodingError.dataCorruptedError(
        forKey: .classes, in: container, debugDescription: "classes contradict each other")
    }
  }

  private var isSound: Bool {
    let names = classes.map(\.name)
    let all = values + ignored
    let areOfType = all.allSatisfy { value in
      switch value {
      case .id(let id): labels != .rgb && (0...65_535).contains(id)
      case .color: labels == .rgb
      }
    }
    return (2...Self.mostClasses).contains(classes.count) && areOfType
      && classes.allSatisfy { $0.color.count == 3 } && Set(all).count == all.count
      && Set(names + [Self.ignoredName]).count == names.count + 1
  }
}

/// A seeded split of one folder of images.
package struct SeededSplit: Codable, Hashable, Sendable {
  /// Fractions of training, validation and test images, which sum to 1.
  package var ratios: [Double]
  package var seed: UInt64
  /// A regular expression that finds the group in an image's path: its first capture group, or the
  /// whole match if it has none. Images of a group stay together. Nil: each image is its own group.
  package var group: String?

  package init(ratios: [Double], seed: UInt64, group: String? = nil) {
    (self.ratios, self.seed, self.group) = (ratios, seed, group)
  }
}
