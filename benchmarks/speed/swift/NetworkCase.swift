import Datasets
import Experiments
import Models
import Tensors

/// A network and the extent of its batch.
struct NetworkCase: Hashable {
  static let classes = 19

  var architecture = Architecture.deeplabv3
  var backbone: Backbone
  /// Channels relative to the published network.
  var width = 1.0
  var batch: Int
  var rows: Int
  var columns: Int

  /// The cases that goals were set for, the small ones first.
  static let all =
    [Backbone.resnet18, .resnet101].map {
      NetworkCase(backbone: $0, width: 0.25, batch: 8, rows: 64, columns: 128)
    } + [
      NetworkCase(backbone: .resnet18, batch: 8, rows: 96, columns: 192),
      NetworkCase(backbone: .resnet101, batch: 8, rows: 96, columns: 192),
      NetworkCase(backbone: .resnet18, batch: 2, rows: 384, columns: 768),
      NetworkCase(backbone: .resnet101, batch: 2, rows: 384, columns: 768),
      NetworkCase(backbone: .resnet18, batch: 1, rows: 769, columns: 769),
    ]

  /// Such as `ResNet-18, width 0.25, 8 x 64x128`, for DeepLabV3; others are named first.
  var name: String {
    (architecture == .deeplabv3 ? "" : architecture.title + " ")
      + "\(backbone.title)\(width == 1 ? "" : ", width \(width)"), \(batch) x \(rows)x\(columns)"
  }

  var shape: Shape { Shape(n: batch, h: rows, w: columns, c: 3) }

  /// As `serve` takes it.
  var command: String { "\(architecture) \(backbone) \(width) \(batch) \(rows) \(columns)" }

  /// - Parameter loss: as in sweep files.
  func configuration(loss: String = "ce") -> RunConfiguration {
    RunConfiguration(
      data: DataConfiguration(
        name: .cityscapes, source: .rendered, split: .official, height: rows, width: columns,
        augmentation: .none, evaluate: .validation),
      architecture: architecture, backbone: backbone, width: width, loss: loss,
      training: TrainingConfiguration(
        iterations: 1, batch: batch, learningRate: 1e-3, checkpoint: .last),
      seed: 1)
  }
}
