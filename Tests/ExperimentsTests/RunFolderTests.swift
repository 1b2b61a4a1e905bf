import Checkpoints
import Datasets
import Experiments
import Files
import Foundation
import Metrics
import TestSupport
import Testing

@Suite("Run folders")
struct RunFolderTests {
  @Test func nameTellsTheRunAndItsDigest() throws {
    let configuration = exampleConfiguration(loss: "focal(gamma: 1.5)", seed: 7)
    let folder = try RunFolder(SweepFolder(URL(filePath: "/r")), configuration: configuration)
    let prefix = "synthia-resnet18-focal-gamma-1.5-s7-"
    #expect(folder.url.lastPathComponent == prefix + (try configuration.digest.prefix(12)))
    #expect(try configuration.digest.count == 64)
  }

  @Test(arguments: [
    ("recall + 0.5 * lovasz", "recall-plus-0.5-lovasz"),
    ("2 * ohem.published(keep: 0.7)", "2-ohem.published-keep-0.7"),
    ("ce + focal(gamma: 1e+20)", "ce-plus-focal-gamma-1e-20"),
    ("recall(momentum: 0.5)", "recall-momentum-0.5"),
  ])
  func nameOfASumIsReadableAndSafe(loss: String, slug: String) throws {
    #expect(exampleConfiguration(loss: loss).lossSlug == slug)
  }

  /// File names end at 255 bytes; the digest still tells such runs apart.
  @Test func nameOfALongSumIsCut() throws {
    let sums = ["a", "b"].map { end in
      (1...20).map { "0.\($0) * soft_tversky(alpha: 0.3, beta: 0.7)" }.joined(separator: " + ")
        + " + " + end
    }
    let names = try sums.map {
      try RunFolder(SweepFolder(URL(filePath: "/r")), configuration: exampleConfiguration(loss: $0))
        .url
        .lastPathComponent
    }
    #expect(names.allSatisfy { $0.utf8.count < 160 } && names[0] != names[1])
  }

  /// A change here renames every stored run: they would all be trained again.
  @Test func digestIsThatOfTheCanonicalJSON() throws {
    let json = String(decoding: try CanonicalJSON.encode(exampleConfiguration()), as: UTF8.self)
    #expect(
      json == #"{"backbone":"resnet18","data":{"augmentation":"none","evaluate":"test","#
        + #""height":32,"name":"synthia","render":{"height":64,"seed":3,"test":16,"train":16,"#
        + #""validation":8,"width":128},"source":"rendered","split":"shuffled","width":64},"#
        + #""loss":"ce","seed":1,"training":{"batch":4,"checkpoint":"last","iterations":10,"#
        + #""learningRate":0.001},"width":0.25}"#)
  }

  /// The runs in the repository were stored before some of today's fields were there.
  @Test(arguments: ["quick", "camvid", "camvid-peers", "lr-search", "necessity"])
  func committedRunsKeepTheirDigests(sweep: String) throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let records = try SweepFolder(root.appending(path: "results/\(sweep)")).loadAll()
    #expect(!records.isEmpty)
    for record in records { #expect(try record.configuration.runName == record.name) }
  }

  @Test func architectureIsNamedUnlessItIsDeepLabV3() throws {
    let plain = exampleConfiguration()
    #expect(plain.label == "synthia resnet18 ce s1")
    let explicit = RunConfiguration(
      data: plain.data, architecture: .deeplabv3, backbone: plain.backbone, width: plain.width,
      loss: plain.loss, training: plain.training, seed: plain.seed)
    #expect(explicit == plain)
    var plus = plain
    plus.architecture = .deeplabv3plus
    plus.backbone = .resnet18Authors
    #expect(plus.label == "synthia deeplabv3plus resnet18_authors ce s1")
    let folder = try RunFolder(SweepFolder(URL(filePath: "/r")), configuration: plus)
    #expect(
      folder.url.lastPathComponent
        == "synthia-deeplabv3plus-resnet18_authors-ce-s1-\(folder.digest.prefix(12))")
    let json = try CanonicalJSON.encode(plus)
    #expect(
      String(decoding: json, as: UTF8.self)
        .hasPrefix(#"{"architecture":"deeplabv3plus","backbone":"resnet18_authors","data":"#))
    #expect(
      try CanonicalJSON.decode(RunConfiguration.self, from: json, of: folder.url) == plus)
  }

  @Test func everyFieldChangesTheDigest() throws {
    let changes: [(inout RunConfiguration) -> Void] = [
      { $0.data.name = .cityscapes }, { $0.data.source = .real }, { $0.data.render = nil },
      { $0.data.render?.seed = 4 }, { $0.data.render?.train = 17 },
      { $0.data.render?.validation = 9 }, { $0.data.render?.test = 17 },
      { $0.data.render?.height = 65 }, { $0.data.render?.width = 129 },
      { $0.data.split = .blocked }, { $0.data.height = 33 }, { $0.data.width = 65 },
      { $0.data.augmentation = .flip }, { $0.data.evaluate = .validation },
      { $0.data.trainLimit = 1 }, { $0.data.evaluateLimit = 1 }, { $0.data.evaluateHeight = 1 },
      { $0.data.evaluateWidth = 1 }, { $0.architecture = .deeplabv3plus },
      { $0.backbone = .resnet18Authors }, { $0.backbone = .resnet101 }, { $0.width = 0.5 },
      { $0.loss = "recall" }, { $0.training.iterations = 11 }, { $0.training.batch = 5 },
      { $0.training.learningRate = 0.002 }, { $0.training.checkpoint = .best },
      { $0.training.validateEvery = 5 }, { $0.seed = 2 },
      { $0.pretrained = Pretraining(sha256: "ab", partial: false) },
      { $0.pretrained = Pretraining(sha256: "ab", partial: true) },
    ]
    var digests = [try exampleConfiguration().digest]
    for change in changes {
      var configuration = exampleConfiguration()
      change(&configuration)
      digests.append(try configuration.digest)
    }
    #expect(Set(digests).count == changes.count + 1)
  }

  @Test func keyOrderOfTheStoredFileDoesNotMatter() throws {
    let configuration = exampleConfiguration()
    let object = try #require(
      try JSONSerialization.jsonObject(with: CanonicalJSON.encode(configuration))
        as? [String: Any])
    let members = try object.sorted { $0.key > $1.key }.map { key, value in
      let json = try JSONSerialization.data(withJSONObject: [key: value])
      return String(String(decoding: json, as: UTF8.self).dropFirst().dropLast())
    }
    let reversed = Data("{\(members.joined(separator: ","))}".utf8)
    #expect(try reversed != CanonicalJSON.encode(configuration))
    let read = try CanonicalJSON.decode(
      RunConfiguration.self, from: reversed, of: URL(filePath: "/x"))
    #expect(try read.digest == configuration.digest)
  }

  @Test func storedRunReadsBackTheSame() throws {
    let temporary = try TemporaryFolder()
    let folder = try RunFolder(SweepFolder(temporary.url), configuration: exampleConfiguration())
    #expect(!folder.isDone)
    try storeExample(folder)
    #expect(folder.isDone)
    let record = try RunFolder.load(folder.url)
    #expect(record.configuration == exampleConfiguration())
    #expect(record.environment == exampleEnvironment)
    #expect(record.split.evaluated == ["c", "d"])
    #expect(record.split.trainClassPixels == [10, 20])
    #expect(record.history == exampleHistory)
    #expect(record.confusions == exampleConfusions)
    #expect(record.evaluatedIteration == 10)
    #expect(record.predictions == examplePredictions)
    #expect(record.classWeights == [0.5, 2])
    #expect(
      try RunFolder.loadWeights(folder.url) == [
        NamedArray(name: "w", shape: [2], values: [1, -0.5])
      ])
    #expect(try SweepFolder(temporary.url).loadAll().map(\.folder) == [folder.url])
    #expect(try SweepFolder(temporary.url).loadUnfinished().isEmpty)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted()
    #expect(names == ["arrays.npz", "run.json", "weights.safetensors"])
  }

  @Test func folderOfAnotherConfigurationIsRefused() throws {
    let temporary = try TemporaryFolder()
    let folder = try RunFolder(SweepFolder(temporary.url), configuration: exampleConfiguration())
    try folder.prepare()
    try folder.prepare()
    let other = try CanonicalJSON.encode(exampleConfiguration(seed: 2))
    try AtomicFile.write(other, to: folder.file("config.json"))
    let message = failure { try folder.prepare() }
    #expect(message?.contains("does not match the configuration in the folder's name") == true)
  }

  @Test func checkpointReadsBackTheSame() throws {
    let temporary = try TemporaryFolder()
    let folder = try RunFolder(SweepFolder(temporary.url), configuration: exampleConfiguration())
    try folder.prepare()
    #expect(try folder.loadCheckpoint() == nil)
    let checkpoint = Checkpoint(
      iteration: 7, arrays: [NamedArray(name: "m", shape: [1, 2], values: [.pi, -0])],
      history: exampleHistory + [HistoryEntry(iteration: 11, loss: .infinity)],
      trainingSeconds: 0.1 + 0.2, bestIteration: 5, bestMeanIoU: 1.0 / 3,
      metadata: ["sums": "1 2"])
    try folder.saveCheckpoint(checkpoint)
    #expect(try folder.loadCheckpoint() == checkpoint)
    folder.removeCheckpoint()
    #expect(try folder.loadCheckpoint() == nil)
  }

  @Test func damagedOrForeignCheckpointStartsTheRunOver() throws {
    let temporary = try TemporaryFolder()
    let folder = try RunFolder(SweepFolder(temporary.url), configuration: exampleConfiguration())
    let other = try RunFolder(
      SweepFolder(temporary.url), configuration: exampleConfiguration(seed: 2))
    let checkpoint = Checkpoint(iteration: 7, arrays: [], history: [], trainingSeconds: 1)
    try folder.prepare()
    try other.prepare()
    try other.saveCheckpoint(checkpoint)
    let file = folder.file("checkpoint.safetensors")
    let whole = try Data(contentsOf: other.file("checkpoint.safetensors"))
    for bytes in [Data(), whole.prefix(20), whole, Data(repeating: 0xff, count: 100)] {
      try AtomicFile.write(bytes, to: file)
      #expect(try folder.loadCheckpoint() == nil)
    }
  }

  /// Every file cut short must give an error that names it.
  @Test(arguments: ["run.json", "arrays.npz"])
  func truncatedFileIsNamed(name: String) throws {
    let temporary = try TemporaryFolder()
    let folder = try RunFolder(SweepFolder(temporary.url), configuration: exampleConfiguration())
    try storeExample(folder)
    let file = folder.file(name)
    try AtomicFile.write(try Data(contentsOf: file).dropLast(4), to: file)
    let message = try #require(failure { _ = try RunFolder.load(folder.url) })
    #expect(message.hasPrefix(file.path))
    try FileManager.default.removeItem(at: file)
    #expect(failure { _ = try RunFolder.load(folder.url) } == "\(file.path): does not exist")
  }

  @Test func environmentOfThisProcessIsFilledIn() {
    let environment = RunEnvironment.current(threads: 3)
    #expect(environment.threads == 3)
    #expect(environment.cores >= 1)
    #expect(environment.commit.wholeMatch(of: /unknown|[0-9a-f]{40}(-dirty)?/) != nil)
    #expect(environment.started.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/) != nil)
  }
}
