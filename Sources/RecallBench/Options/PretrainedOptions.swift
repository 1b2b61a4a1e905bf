import ArgumentParser
import Experiments
import Foundation
import Models

/// Weights to start training from.
struct PretrainedOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "File of torchvision's weights (.pth or .safetensors) to start from, or backbone=file; "
        + "may be given once for each backbone.", valueName: "file"), completion: .file(),
    transform: { try Place($0) })
  var pretrained: [Place] = []
  @Flag(
    help: "Keep random values for tensors that are missing from the file or do not fit.")
  var pretrainedPartial = false

  /// A file, and the backbone whose weights it has; nil for the only one.
  struct Place {
    var backbone: Backbone?
    var file: URL

    init(_ word: String) throws {
      var path = word
      // A path with an equals sign in its first part can be written ./a=b.
      if let sign = word.firstIndex(of: "="),
        word[..<sign].allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" })
      {
        backbone = try choice(String(word[..<sign]))
        path = String(word[word.index(after: sign)...])
      }
      guard !path.isEmpty else { throw ValidationError("it names no file") }
      file = URL(filePath: path)
    }
  }

  func validate() throws {
    guard Set(pretrained.map(\.backbone)).count == pretrained.count else {
      throw ValidationError("--pretrained gives two files for one backbone.")
    }
  }

  /// The files by backbone; the key is nil if a file is for the only backbone.
  var files: [Backbone?: URL] {
    Dictionary(pretrained.map { ($0.backbone, $0.file) }) { first, _ in first }
  }
}
