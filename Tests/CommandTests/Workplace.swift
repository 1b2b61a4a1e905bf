import Datasets
import Foundation

/// A folder with a small CamVid and a sweep on it, removed when the value goes.
final class Workplace {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(
      path: "recallbench-command-\(UUID().uuidString)")
    for (split, count) in [("train", 4), ("val", 2), ("test", 2)] {
      for folder in [split, split + "annot"] {
        try FileManager.default.createDirectory(
          at: url.appending(path: "camvid/\(folder)"), withIntermediateDirectories: true)
      }
      for index in 0..<count {
        try writeImage("camvid/\(split)/\(index).png", index: index)
        try writeLabels("camvid/\(split)annot/\(index).png", index: index)
      }
    }
    try writeSweep()
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func file(_ name: String) -> URL { url.appending(path: name) }

  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: file(name).path) }

  func writeImage(_ name: String, index: Int, height: Int = 32, width: Int = 32) throws {
    let bytes = (0..<height * width * 3).map { UInt8(($0 * 7 + index * 31) % 256) }
    try PNG.write(ColorImage(height: height, width: width, bytes: bytes), to: file(name))
  }

  /// - Parameter id: of every pixel; nil: bands of several classes.
  func writeLabels(
    _ name: String, index: Int, height: Int = 32, width: Int = 32, id: UInt8? = nil
  ) throws {
    let bytes = (0..<height * width).map { id ?? UInt8(($0 / width / 4 + index) % 12) }
    try PNG.writeGray(height: height, width: width, bytes: bytes, to: file(name))
  }

  func writeSweep(
    losses: String = "[ce]", iterations: Int = 3, checkpoint: String = "last"
  ) throws {
    let text = """
      name: tiny
      seeds: [1]
      backbones: [resnet18]
      losses: \(losses)
      network: {width: 0.0625}
      training:
        {iterations: \(iterations), batch: 2, learning_rate: 1e-3, checkpoint: \(checkpoint),
         validate_every: 2}
      datasets:
        camvid: {source: real, size: [32, 32], augmentation: flip}

      """
    try Data(text.utf8).write(to: file("tiny.yml"))
  }

  /// The arguments of a sweep over the small CamVid.
  func sweep(_ more: String...) -> [String] {
    ["sweep", "tiny.yml", "--camvid", "camvid", "--output", "out"] + more
  }

  /// The run folders of an output folder, by name.
  func runs(_ output: String = "out") -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: file("\(output)/runs").path)) ?? [])
      .sorted().map { "\(output)/runs/\($0)" }
  }

  /// What a finished run's `run.json` says.
  func manifest(_ run: String) throws -> [String: Any] {
    let data = try Data(contentsOf: file("\(run)/run.json"))
    return try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
  }

  func finishedRuns(_ output: String = "out") -> [String] {
    runs(output).filter { exists("\($0)/run.json") }
  }
}
