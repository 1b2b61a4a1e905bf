import ArgumentParser
import Experiments
import Foundation
import Models

/// Weights to start training from.
struct PretrainedOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "File of torchvision's weights (.pth or .safetensors) to start from, or backbone=file; "
        + "may be given once for each backbone.", valueName: "file"))
  var pretrained: [String] = []
  @Flag(
    help: "Keep random values for tensors that are missing from the file or do not fit.")
  var pretrainedPartial = false

  func validate() throws { _ = try files() }

  /// The files by backbone; the key is nil if a file is for the only backbone.
  func files() throws -> [Backbone?: URL] {
    var files: [Backbone?: URL] = [:]
    for word in pretrained {
      var (backbone, path): (Backbone?, String) = (nil, word)
      // A path with an equals sign in its first part can be written ./a=b.
      if let sign = word.firstIndex(of: "="),
        word[..<sign].allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" })
      {
        backbone = try choices(String(word[..<sign]), "pretrained", of: Backbone.self).first
        path = String(word[word.index(after: sign)...])
      }
      guard !path.isEmpty else { throw ValidationError("--pretrained '\(word)' names no file.") }
      guard files.updateValue(URL(filePath: path), forKey: backbone) == nil else {
        throw ValidationError("--pretrained gives two files for one backbone.")
      }
    }
    return files
  }
}
