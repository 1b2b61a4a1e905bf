import ArgumentParser
import Files
import Models

/// The network and the batch of a training step.
struct NetworkOptions: ParsableArguments {
  @Argument(help: "A backbone, as in sweep files.") var backbone = "resnet18"
  @Option(help: "Images per batch.") var batch = 8
  @Option(help: "Rows of the images.") var rows = 96
  @Option(help: "Columns of the images.") var columns = 192
  @Option(help: "Channels relative to the published network.") var width = 1.0

  func validate() throws {
    try requirePositive([("batch", batch), ("rows", rows), ("columns", columns)])
    guard Backbone(rawValue: backbone) != nil else {
      let allowed = allowedList(for: backbone, Backbone.allCases.map(\.name))
      throw ValidationError("'\(backbone)' is not a backbone\(allowed)")
    }
    try Self.check(width: width)
  }

  static func check(width: Double) throws {
    guard width > 0, width <= 4 else { throw ValidationError("--width must be from 0 to 4.") }
  }

  /// With DeepLabV3; nil for a backbone that `validate` refuses.
  var networkCase: NetworkCase? {
    Backbone(rawValue: backbone).map {
      NetworkCase(backbone: $0, width: width, batch: batch, rows: rows, columns: columns)
    }
  }
}
