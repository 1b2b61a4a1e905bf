import Checkpoints
import Datasets
import Experiments
import Files
import Foundation
import Report
import Synchronization
import Tensors

extension FuzzTarget {
  private static let json = TextMutator(
    words: [
      "null", "true", "[]", "{}", "\"\"", "-1", "1e999", "\"nan\"", "\"inf\"", "\"configuration\"",
      "\"data\"",
      "\"folders\"", "\"classes\"", "\"render\"", "\"loss\"", "\"torch\"", "\"seed\"", "\"width\"",
      "\"split\"",
      "\"classWeights\"", "\"checkpoints\"", "\"priorTaus\"", "\"evaluation\"",
      "\"priorCorrection\"",
      "\"training\"", "\"iterations\"", "\"schedule\"", "\"optimizer\"", "\"history\"",
      "\"trainClassPixels\"",
      "\"normalization\"", "\"cityscapes\"", "\"synthia\"", "\"recall\"", "\"ce\\nx\"",
      "\"\\u0000\"", "\"\\ud800\"",
      "\"crop\":{\"smallest\":1,\"largest\":2},", "\"architecture\":\"deeplabv3plus\",",
    ], nesting: [("[", "]"), ("{\"a\":", "}")])
  static let mutatesJSON = MixedMutator(
    JSONMutator(), MixedMutator(json, ByteMutator(), part: 9), part: 8)
  static let mutatesArrays = MixedMutator(
    ZipMutator { name in
      name.hasSuffix(".npy") ? MixedMutator(HeaderMutator.npy, ByteMutator()) : mutatesJSON
    }, ByteMutator(), part: 9)

  fileprivate typealias Seeds = @Sendable (URL, FuzzPlace) throws -> [Data]
  private static let runSeeds: Seeds = { _, _ in
    let sealed = try StoredTemplate.file("run.json")
    return [sealed, try StoredTemplate.unsealed(sealed)]
  }
  private static let arraySeeds: Seeds = { _, _ in [try StoredTemplate.file("arrays.npz")] }
  private static let splitSeeds: Seeds = { _, _ in
    let files = try StoredTemplate.stored.get().files
    return files.filter { $0.key.hasPrefix("splits/") }.map(\.value)
  }

  private static let configurationSeeds: Seeds = { _, _ in
    [try CanonicalJSON.encode(StoredTemplate.configuration(loss: "ce", seed: 3), pretty: true)]
  }
  private static let packedSeeds: Seeds = { _, _ in
    [try StoredTemplate.unsealed(StoredTemplate.file("run.json")) + [0x0a]]
  }
  private static let planSeeds: Seeds = { _, _ in [try StoredTemplate.file("sweep.json")] }

  static let records = [
    stored("run-json", "run.json", mutatesJSON, runSeeds) { try $0.put(run: $1) },
    stored("arrays", "arrays.npz with history.jsonl", mutatesArrays, arraySeeds) {
      try $0.put(arrays: $1)
    },
    stored("split-json", "splits/*.json, to its report", mutatesJSON, splitSeeds, reports: true) {
      try $0.put(split: $1)
    },
    stored("config-json", "config.json of an unfinished run", mutatesJSON, configurationSeeds) {
      try $0.put(configuration: $1)
    },
    stored("runs-jsonl", "runs.jsonl with runs.npz", mutatesJSON, packedSeeds) {
      try $0.put(packed: $1)
    },
    stored("sweep-json", "sweep.json, to its report", mutatesJSON, planSeeds, reports: true) {
      try $0.write($1, "sweep.json")
    },
    stored("report-run", "run.json, to its report", mutatesJSON, runSeeds, reports: true) {
      try $0.put(run: $1)
    },
    stored("report-arrays", "arrays.npz, to its report", mutatesArrays, arraySeeds, reports: true) {
      try $0.put(arrays: $1)
    },
    FuzzTarget(
      name: "checkpoint", title: "checkpoint.safetensors", memoryFactor: 256,
      seeds: { _, place in
        let checkpoint = Checkpoint(
          iteration: 5, arrays: [NamedArray(name: "w", shape: [2, 2], values: [1, 2, 3, 4])],
          history: [HistoryEntry(iteration: 5, loss: 0.5)], trainingSeconds: 2)
        try checkpoint.write(to: place.file("c"), digest: "d")
        let sealed = try Data(contentsOf: place.file("c"))
        let (arrays, metadata) = try SafeTensors.read(place.file("c"))
        return [
          sealed, try SafeTensors.encode(arrays, metadata: metadata.filter { $0.key != "seal" }),
        ]
      }, mutator: MixedMutator(HeaderMutator(before: 0, lengthBytes: 8, text: json), ByteMutator())
    ) { input, place in
      let checkpoint = try Checkpoint(contentsOf: place.write(input, to: "c"), digest: "d")
      return
        "\(min(checkpoint.arrays.count, 3)) arrays, \(min(checkpoint.history.count, 3)) entries"
    },
  ]

  private static func stored(
    _ name: String, _ title: String, _ mutator: any Mutator, _ seeds: @escaping Seeds,
    reports: Bool = false, put: @escaping @Sendable (StoredPlace, Data) throws -> Void
  ) -> FuzzTarget {
    FuzzTarget(
      name: name, title: "stored runs: " + title, memoryFactor: 2048, seeds: seeds, mutator: mutator
    ) { input, place in
      let stored = try StoredPlace(place)
      try put(stored, input)
      return try stored.read(reports: reports)
    }
  }
}

/// A stored sweep in which one file is replaced. Names that hold a digest are made to fit, so that
/// what is read goes beyond them.
struct StoredPlace {
  private let folder: URL
  private let run: String

  /// Paths that the input before replaced, which are as they were again for the next one.
  private static let changed = Mutex<Set<String>>([])

  init(_ place: FuzzPlace) throws {
    folder = place.file("sweep")
    let stored = try StoredTemplate.stored.get()
    run = stored.run
    let isNew = !FileManager.default.fileExists(atPath: folder.path)
    let changed = Self.changed.withLock { changed in
      defer { changed = [] }
      return changed
    }
    for path in changed where stored.files[path] == nil {
      try? FileManager.default.removeItem(at: folder.appending(path: path))
    }
    for (path, data) in stored.files where isNew || changed.contains(where: { path.hasPrefix($0) })
    {
      try put(data, path)
    }
  }

  func write(_ data: Data, _ path: String) throws {
    let parts = path.split(separator: "/")
    // A folder of a run that is new or was removed.
    let top = parts.first == "runs" ? parts.prefix(2).joined(separator: "/") : path
    Self.changed.withLock { _ = $0.insert(top) }
    try put(data, path)
  }

  private func put(_ data: Data, _ path: String) throws {
    let url = folder.appending(path: path)
    try AtomicFile.createFolder(url.deletingLastPathComponent())
    try data.write(to: url)
  }

  private func remove(_ run: String) throws {
    Self.changed.withLock { _ = $0.insert("runs/\(run)") }
    try FileManager.default.removeItem(at: folder.appending(path: "runs/\(run)"))
  }

  private struct Probe: Decodable { var configuration: RunConfiguration }

  func put(run data: Data) throws {
    let configuration = try? CanonicalJSON.decode(Probe.self, from: data, of: folder).configuration
    let name = try configuration?.runName ?? run
    let text = String(decoding: data, as: UTF8.self).replacing(run, with: name)
    try move(to: name)
    try write(Data(text.utf8), "runs/\(name)/run.json")
  }

  func put(arrays data: Data) throws {
    try write(StoredTemplate.unsealed(StoredTemplate.file("run.json")), "runs/\(run)/run.json")
    try write(data, "runs/\(run)/arrays.npz")
  }

  func put(split data: Data) throws {
    let split = try? CanonicalJSON.decode(SplitRecord.self, from: data, of: folder)
    let old = try StoredTemplate.stored.get().files.keys.first { $0.hasPrefix("splits/") } ?? ""
    let digest = try split.map { sha256(try CanonicalJSON.encode($0)) }
    try write(data, digest.map { "splits/\($0).json" } ?? old)
    guard let digest else { return }
    let record = try StoredTemplate.unsealed(StoredTemplate.file("run.json"))
    var fields = try JSONSerialization.jsonObject(with: record) as? [String: Any] ?? [:]
    fields["split"] = digest
    try write(
      JSONSerialization.data(withJSONObject: fields, options: [.withoutEscapingSlashes]),
      "runs/\(run)/run.json")
  }

  func put(configuration data: Data) throws {
    let read = try? CanonicalJSON.decode(RunConfiguration.self, from: data, of: folder)
    let name = try read?.runName ?? "unknown"
    try write(data, "runs/\(name)/config.json")
    try write(Data("it failed\n".utf8), "runs/\(name)/failed.txt")
  }

  func put(packed data: Data) throws {
    let archive = try ZipArchive(StoredTemplate.file("arrays.npz"))
    let members = try archive.names.map { name in
      ("\(run)/\(name)", try archive.contents(of: name) ?? Data())
    }
    try remove(run)
    try write(storedZip(members), "runs.npz")
    try write(data, "runs.jsonl")
  }

  private func move(to name: String) throws {
    if name == run { return }
    try write(StoredTemplate.file("arrays.npz"), "runs/\(name)/arrays.npz")
    try remove(run)
  }

  /// What `verify`, `sweep` and `report` do with what is stored.
  func read(reports: Bool) throws -> String {
    let sweep = SweepFolder(folder)
    let found = try sweep.verify()
    let stored = try sweep.loadReadable()
    let unfinished = try sweep.loadUnfinished()
    let first = (stored.damaged + stored.misnamed).first.map { $0.error.problem } ?? ""
    let summary = "\(found.runs) runs, \(unfinished.count) unfinished; \(first)"
    guard reports else { return summary }
    try report(stored, unfinished)
    return "reported " + summary
  }

  private func report(_ stored: StoredRuns, _ unfinished: [SweepFolder.Unfinished]) throws {
    let plan = try SweepPlan.load(folder)
    try checkSameImages(stored.records)
    let failed = unfinished.map {
      FailedRun(configuration: $0.configuration, reason: $0.failure ?? "")
    }
    let planned = plan?.runs ?? []
    var input = try ReportInput(
      profile: visible(plan?.name ?? "fuzz"), records: stored.records, failed: failed,
      planned: planned,
      classes: classTables(of: stored.records, planned: failed.map(\.configuration) + planned))
    input.tuning = plan?.tuning ?? []
    // Without gnuplot on the path, everything is written but the pictures.
    do { try writeReport(input, to: folder) } catch let error as UserError
      where error.description.contains("not installed")
    {}
  }
}
