import ArgumentParser
import Experiments
import Foundation
import Models

/// Weights to begin training from.
struct PretrainedOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "File of torchvision's weights (.pth or .safetensors) to begin from, or backbone=file; "
        + "may be given for each backbone.", valueName: "file"))
  var pretrained: [String] = []
  @Flag(
    help: "Leave tensors that are missing in the file or do not fit at random values.")
  var pretrainedPartial = false

  func validate() throws { _ = try files() }

  /// By backbone; nil: for the only one there is.
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
