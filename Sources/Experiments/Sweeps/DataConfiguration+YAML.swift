import Datasets
import Files
import Foundation

extension DataConfiguration {
  /// Reads `augmentation`: a name, or a mapping for random scales and crops.
  mutating func augment(_ value: YAMLValue) throws(UserError) {
    guard case .mapping = value.node else {
      augmentation = try value.choice(of: Augmentation.allCases)
      return
    }
    let fields = try value.fields(.augmentation)
    augmentation = try fields["flip"]?.flag() == true ? .flip : .none
    crop = CropConfiguration(try fields["scale"]?.scales() ?? 1...1)
  }
}

extension YAMLValue {
  /// Reads `[smallest, largest]`, relative sizes.
  fileprivate func scales() throws(UserError) -> ClosedRange<Double> {
    guard case .sequence(let sequence) = node, sequence.count == 2 else {
      throw mismatch("[smallest, largest], such as [0.5, 2]")
    }
    var scales: [Double] = []
    for value in try elements() { scales.append(try value.number(in: RunLimits.scale)) }
    guard scales[0] <= scales[1] else { throw mismatch("[smallest, largest], in this order") }
    return scales[0]...scales[1]
  }

  /// Reads `path`: the folder of real data.
  func place(of data: DataConfiguration) throws(UserError) -> URL {
    switch data.source {
    case .real: return try path()
    case .rendered: throw error("'path' is only for source: real")
    case .folders:
      throw error("'path' is only for source: real; 'root' in the description says where files are")
    }
  }
}
