import Datasets
import Foundation
import Scenes
import Tensors

/// Runs `body` with the path of a folder that does not exist yet, and removes it afterwards.
@discardableResult
func withTemporaryFolder<T>(_ body: (URL) throws -> T) throws -> T {
  let url = FileManager.default.temporaryDirectory
    .appending(path: "scenes-test-\(UUID().uuidString)")
  defer { try? FileManager.default.removeItem(at: url) }
  return try body(url)
}

/// Names below a folder and the bytes of the files.
func contents(_ root: URL) throws -> [String: Data] {
  var found: [String: Data] = [:]
  for case let name as String in FileManager.default.enumerator(atPath: root.path) ?? .init()
  where name.hasSuffix(".png") {
    found[name] = try Data(contentsOf: root.appending(path: name))
  }
  return found
}

/// Renders a small data set of either layout: two SYNTHIA frames, or `count` Cityscapes pictures.
@discardableResult
func renderSmall(
  _ layout: DatasetName, to root: URL, seed: UInt64 = 5, count: Int = 3,
  threads: Int = 2, progress: StreetScenes.Progress? = nil
) throws -> RenderedRecord {
  let configuration = SceneConfiguration(seed: seed, height: 32, width: 64)
  let compute = Compute(threads: threads)
  if layout == .synthia {
    return try StreetScenes.renderSynthia(
      to: root, framesPerView: count, configuration: configuration, compute: compute,
      progress: progress)
  }
  return try StreetScenes.renderCityscapes(
    to: root, train: count, validation: 1, configuration: configuration, compute: compute,
    progress: progress)
}
