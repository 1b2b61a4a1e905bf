import Checkpoints
import Files
import Foundation

/// Writes the final weights of a run as safetensors under torchvision's names, with what else a program
/// needs to predict with them: the run's configuration, the normalization of its images and its classes.
///
/// - Returns: the number of tensors.
/// - Throws: `UserError` if the folder contains no finished run, a run without weights, or weights
///   of a different run, or if the file cannot be written.
package func exportWeights(of folder: URL, to file: OutputFile) throws -> Int {
  guard RunFolder.holdsRun(folder)
  else {
    throw UserError(
      path: folder.path, problem: "is not the folder of a finished run (it has no run.json)")
  }
  let record = try RunFolder.load(folder)
  let weights = try RunFolder.loadWeights(folder)
  let configuration = record.configuration
  let data = configuration.data
  var metadata = [
    // The value that safetensors readers expect for PyTorch tensors.
    "format": "pt",
    "network": "\(configuration.architecture ?? .deeplabv3) \(configuration.backbone), "
      + "width \(configuration.width)",
    "configuration": try json(configuration),
    "evaluated_iteration": "\(record.evaluatedIteration)",
    "classes": try json(data.exportedClasses),
  ]
  if let normalization = record.split.normalization ?? data.givenNormalization {
    metadata["normalization"] = try json(normalization)
  }
  warnUnlessFinite(weights, folder.path)
  try file.write(SafeTensors.encoded(weights, metadata: metadata, of: file.path))
  return weights.count
}

private func json(_ value: some Encodable) throws -> String {
  String(decoding: try CanonicalJSON.encode(value), as: UTF8.self)
}

/// A class as exported files have it.
private struct ExportedClass: Encodable {
  var name: String
  /// Red, green, blue.
  var color: [UInt8]
  /// The number in label files; nil where these hold colors.
  var id: Int?
}

extension DataConfiguration {
  /// By training id.
  fileprivate var exportedClasses: [ExportedClass] {
    get throws(UserError) {
      if let folders {
        return folders.classes.map { ExportedClass(name: $0.name, color: $0.color, id: $0.id) }
      }
      let table = try descriptor.labels
      return table.fileIds.map {
        ExportedClass(name: table.labels[$0].name, color: table.labels[$0].color, id: $0)
      }
    }
  }
}
