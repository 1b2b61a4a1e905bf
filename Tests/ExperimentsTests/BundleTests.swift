import BundleSupport
import Checkpoints
import Datasets
import Experiments
import Files
import Foundation
import Tensors
import TestSupport
import Testing

/// What `bundle` writes.
@Suite("Bundles for PyTorch") struct BundleTests {
  private let fixture: BundleFixture

  init() throws { fixture = try BundleFixture() }

  private func json(_ path: String) throws -> [String: Any] {
    let url = fixture.bundle.appending(path: path)
    let value = try JSONSerialization.jsonObject(with: Data(contentsOf: url))
    return try #require(value as? [String: Any])
  }

  private var runs: [[String: Any]] {
    get throws { try #require(try json("bundle.json")["runs"] as? [[String: Any]]) }
  }

  @Test func everyRunHasItsConfigurationWeightsAndImages() throws {
    let summary = try fixture.writeBundle()
    #expect(summary.runs == 3 && summary.bytes > 0 && summary.left.isEmpty)
    for (entry, run) in zip(try runs, try fixture.execution().runs) {
      #expect(entry["name"] as? String == (try run.runName))
      #expect(entry["digest"] as? String == (try run.digest))
      #expect(entry["classes"] as? Int == 11)
      let data = try json("data/\(try #require(entry["data"] as? String)).json")
      let split = try #require(data["split"] as? [String: Any])
      #expect((split["train"] as? [String])?.count == 4)
      #expect((data["classes"] as? [String])?.count == 11)
    }
  }

  /// Every file of the engine's folder is embedded in this program.
  @Test func wholeProgramTravels() throws {
    try fixture.writeBundle()
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    func program(_ folder: URL) throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: folder.path)
        .filter { $0.hasSuffix(".py") || $0.hasSuffix(".md") }.sorted()
    }
    let source = root.appending(path: "Sources/Experiments/TorchEngine")
    #expect(try program(fixture.bundle) == program(source))
    for name in try program(source) {
      let isSame =
        try Data(contentsOf: fixture.bundle.appending(path: name))
        == Data(contentsOf: source.appending(path: name))
      #expect(isSame, "\(name)")
    }
  }

  /// SHA-256 of the tensors by name, computed here once more.
  @Test func initialWeightsAreNamedByTheirDigest() throws {
    try fixture.writeBundle()
    let run = try #require(try fixture.execution().runs.first)
    var bytes = Data()
    let network = run.makeNetwork(classes: 11)
    for tensor in network.stateDict().sorted(by: { $0.name < $1.name }) {
      tensor.values.withUnsafeBytes { bytes.append(contentsOf: $0) }
    }
    let weights = try #require(try runs.first?["weights"] as? [String: Any])
    #expect(weights["sha256"] as? String == sha256(bytes))
    #expect(weights["pretrained"] == nil)
  }

  /// Images are the bytes that the network is trained on here, resized already.
  @Test func storesHoldTheImagesOfTraining() throws {
    try fixture.writeBundle()
    let entry = try #require(try runs.first)
    let data = try json("data/\(try #require(entry["data"] as? String)).json")
    let key = try #require((data["stores"] as? [String: Any])?["train"] as? String)
    let store = try json("stores/\(key).json")
    let items = try #require(store["items"] as? [[String: Any]])
    let pixels = try Data(contentsOf: fixture.bundle.appending(path: "stores/\(key).images"))
    let dataset = try CamVidDataset(root: fixture.temporary.file("camvid"))
    let kept = ImageStore(
      dataset: dataset, items: try dataset.items(.train), height: 32, width: 40)
    #expect(items.count == 4 && store["images"] as? String == "bytes")
    for (index, item) in items.enumerated() {
      let offset = try #require(item["offset"] as? Int)
      let bytes = pixels[offset..<offset + 32 * 40 * 3]
      let isSame = try kept.sample(index).image.bytes == Array(bytes)
      #expect(isSame)
      #expect(item["sha256"] as? String == sha256(Data(bytes)))
    }
  }

  @Test func imagesBeyondTheLimitAreNamedByTheirFiles() throws {
    let summary = try fixture.writeBundle(limit: 100)
    #expect(summary.left.keys.map(\.rawValue) == ["camvid"])
    let names = try FileManager.default.contentsOfDirectory(
      atPath: fixture.bundle.appending(path: "stores").path)
    #expect(
      !names.contains { $0.hasSuffix(".images") } && names.contains { $0.hasSuffix(".labels") })
    let key = try #require(names.first { $0.hasSuffix(".json") })
    let items = try #require(try json("stores/\(key)")["items"] as? [[String: Any]])
    for item in items {
      let path = try #require(item["path"] as? String)
      let file = fixture.temporary.file("camvid").appending(path: path)
      #expect(item["sha256"] as? String == sha256(Data(try PNG.readColor(file).bytes)))
    }
  }

  /// The published loss weights classes by the first image of every validation batch.
  @Test func pixelsThatALossNeedsAreThere() throws {
    try fixture.writeBundle()
    let entry = try #require(try runs.last)
    let data = try json("data/\(try #require(entry["data"] as? String)).json")
    let pixels = try #require(data["validationFirstImagePixels"] as? [String: [Int]])
    #expect(pixels.keys.sorted() == ["2"] && pixels["2"]?.count == 11)
    // Two of four images of 32 x 40 pixels, of which some are void.
    let sum = pixels["2"]?.reduce(0, +) ?? 0
    #expect(sum > 0 && sum < 2 * 32 * 40)
  }

  @Test func batchesToCompareWithAreThoseOfTraining() throws {
    try fixture.writeBundle()
    let path = try #require(try runs.first?["check"] as? String)
    let file = fixture.bundle.appending(path: path)
    let archive = try ZipArchive(try Data(contentsOf: file))
    func array<Element: NumPyElement>(_ name: String, _: Element.Type) throws -> (
      shape: [Int], values: [Element]
    ) { try NumPy.decode(try #require(try archive.contents(of: name)), of: file) }
    #expect(try array("iterations.npy", Int32.self).values == [0, 1, 2])
    #expect(try array("stride.npy", Int32.self).values == [1])
    let images = try array("images.npy", Float.self)
    let labels = try array("labels.npy", UInt8.self)
    #expect(images.shape == [3, 2, 32, 40, 3] && labels.shape == [3, 2, 32, 40])
    let dataset = try CamVidDataset(root: fixture.temporary.file("camvid"))
    let sampler = TrainingSampler(
      store: ImageStore(dataset: dataset, items: try dataset.items(.train), height: 32, width: 40),
      augmentation: .flip, height: 32, width: 40, batch: 2, seed: 1)
    let batch = try sampler.batch(at: 2, compute: Compute(threads: 1))
    let isSame =
      Array(images.values.suffix(2 * 32 * 40 * 3)) == batch.images.array
      && Array(labels.values.suffix(2 * 32 * 40)) == batch.labels.ids
    #expect(isSame)
  }

  @Test func folderThatIsNotEmptyStaysAsItIs() throws {
    try fixture.writeBundle()
    let before = try Data(contentsOf: fixture.bundle.appending(path: "bundle.json"))
    #expect(failure { try fixture.writeBundle() }?.contains("is not empty") == true)
    #expect(try Data(contentsOf: fixture.bundle.appending(path: "bundle.json")) == before)
  }

  /// It is said before anything is read or rendered.
  @Test func fileInPlaceOfTheFolderIsRefusedFirst() throws {
    try AtomicFile.write("x", to: fixture.bundle)
    try FileManager.default.removeItem(at: fixture.temporary.file("camvid"))
    #expect(failure { try fixture.writeBundle() }?.contains("is a file, not a folder") == true)
  }
}
