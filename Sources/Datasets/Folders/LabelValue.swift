/// The value of a pixel in a label file: an id or a color. In JSON it is one number or three.
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
