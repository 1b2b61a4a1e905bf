import Datasets
import Files
import Foundation

extension YAMLValue {
  /// Reads the name of a user-described data set.
  func datasetName() throws(UserError) -> DatasetName {
    let name = DatasetName(rawValue: try text())
    guard name.rawValue.wholeMatch(of: /[a-z][a-z0-9_-]{0,39}/) != nil else {
      throw error(
        "'\(name)' is not a valid data set name: use a lowercase letter, then up to 39 lowercase "
          + "letters, digits, _, and -")
    }
    guard DatasetRegistry.descriptor(named: name) == nil else {
      throw error("\(name) is the name of a built-in data set; use a different one")
    }
    return name
  }

  func classes(
    _ type: FolderRules.LabelType
  ) throws(UserError) -> [FolderRules.Class] {
    var classes: [FolderRules.Class] = []
    var seen: Set<LabelValue> = []
    for value in try elements() {
      let fields = try value.fields(["id", "name", "color"])
      func required(_ key: String) throws(UserError) -> YAMLValue {
        guard let field = fields[key] else {
          throw value.error("'\(key)' is missing in a class of label_type \(type.rawValue)")
        }
        return field
      }
      let name = try required("name")
      let word = try name.text()
      let isText = word.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
      guard (1...60).contains(word.count), isText, word != FolderRules.ignoredName,
        !classes.contains(where: { $0.name == word })
      else { throw name.error("'\(word)' is not a valid class name, or is listed twice") }
      let isColor = type == .rgb
      let id = isColor ? nil : try required("id").integer(in: 0...65_535)
      let color =
        try isColor
        ? required("color").color() : fields["color"]?.color() ?? Self.color(classes.count)
      if isColor, let id = fields["id"] {
        throw id.error("a class of label_type rgb has no id; it is identified by its color")
      }
      guard seen.insert(id.map(LabelValue.id) ?? LabelValue(color: color)).inserted else {
        throw value.error(
          "class '\(word)' has the same \(isColor ? "color" : "id") as another class")
      }
      classes.append(FolderRules.Class(name: word, id: id, color: color))
    }
    guard (2...FolderRules.mostClasses).contains(classes.count) else {
      throw error(
        "\(label) must have 2 to \(FolderRules.mostClasses) classes, not \(classes.count)")
    }
    return classes
  }

  /// Returns a default class color: those of the PASCAL VOC palette, starting with its first object
  /// class.
  private static func color(_ index: Int) -> [UInt8] {
    (0..<3).map { channel in
      var color = 0
      for bit in 0..<3 { color |= ((index + 1) >> (3 * bit + channel) & 1) << (7 - bit) }
      return UInt8(color)
    }
  }

  func color() throws(UserError) -> [UInt8] {
    guard case .sequence(let sequence) = node, sequence.count == 3 else {
      throw mismatch("[red, green, blue] of 0 to 255 each")
    }
    var color: [UInt8] = []
    for value in try elements() { color.append(UInt8(try value.integer(in: 0...255))) }
    return color
  }

  func ignored(_ rules: FolderRules) throws(UserError) -> [LabelValue] {
    var (ignored, seen): ([LabelValue], Set<LabelValue>) = ([], [])
    let classes = rules.values
    for value in try elements(atMost: 65_536) {
      let label: LabelValue =
        rules.labels == .rgb
        ? LabelValue(color: try value.color()) : .id(try value.integer(in: 0...65_535))
      guard seen.insert(label).inserted else { throw value.error("the \(label) is listed twice") }
      if let index = classes.firstIndex(of: label) {
        throw value.error(
          "the \(label) belongs to the class '\(rules.classes[index].name)'; ignore it or score it")
      }
      ignored.append(label)
    }
    return ignored
  }

  func minority(_ rules: FolderRules) throws(UserError) -> [String] {
    var names: [String] = []
    let all = rules.classes.map(\.name)
    for value in try elements() {
      let name = try value.text()
      guard all.contains(name) else {
        throw value.error("there is no class '\(name)'\(allowedList(for: name, all))")
      }
      if !names.contains(name) { names.append(name) }
    }
    return names
  }

  /// Reads `imagenet`, `training`, or mean and deviation.
  func normalization() throws(UserError) -> Normalization? {
    if case .scalar(let scalar) = node {
      switch scalar.string {
      case "imagenet": return .imageNet
      case "training": return nil
      default: throw mismatch("imagenet, training, or a mapping of mean and deviation")
      }
    }
    let fields = try fields(["mean", "deviation"])
    func channels(_ key: String, _ range: ClosedRange<Double>) throws(UserError) -> [Double] {
      guard let field = fields[key] else { throw error("'\(key)' is missing in normalization") }
      let values = try field.elements()
      guard values.count == 3 else { throw field.mismatch("three numbers: red, green, blue") }
      var numbers: [Double] = []
      for value in values { numbers.append(try value.number(in: range)) }
      return numbers
    }
    return Normalization(
      mean: try channels("mean", 0...1), deviation: try channels("deviation", 0.001...10))
  }
}
