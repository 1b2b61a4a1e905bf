import Checkpoints
import Files
import Foundation

/// Writes the final weights of a run as safetensors under torchvision's names.
///
/// - Returns: the number of tensors.
/// - Throws: `UserError` if the folder contains no finished run, a run without weights, or weights
///   of a different run, or if the file cannot be written.
package func exportWeights(of folder: URL, to url: URL) throws -> Int {
  guard RunFolder.holdsRun(folder)
  else {
    throw UserError(
      path: folder.path, problem: "is not the folder of a finished run (it has no run.json)")
  }
  let record = try RunFolder.load(folder)
  let weights = try RunFolder.loadWeights(folder)
  let configuration = record.configuration
  let metadata = [
    // The value that safetensors readers expect for PyTorch tensors.
    "format": "pt",
    "network": "\(configuration.architecture ?? .deeplabv3) \(configuration.backbone), "
      + "width \(configuration.width)",
    "configuration": String(decoding: try CanonicalJSON.encode(configuration), as: UTF8.self),
    "evaluated_iteration": "\(record.evaluatedIteration)",
  ]
  try SafeTensors.write(weights, metadata: metadata, to: url)
  return weights.count
}
