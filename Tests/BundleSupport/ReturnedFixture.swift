import Checkpoints
import Datasets
import Experiments
import Files
import Foundation
import Metrics
import TestSupport

/// A bundle of a run for each loss on a small CamVid of noise, and what the Python program would leave in it: here
/// with the numbers of the same runs trained by this program, so that no Python is needed.
package final class BundleFixture {
  package let temporary: TemporaryFolder
  package var bundle: URL { temporary.file("bundle") }
  package var native: URL { temporary.file("native") }
  package var results: URL { temporary.file("results") }
  package let losses: [String]

  package init(losses: [String] = ["ce", "recall", "weighted_ce.published"]) throws {
    self.losses = losses
    temporary = try TemporaryFolder()
    _ = try writeCamVid(
      to: temporary.file("camvid"), sizes: [(40, 48), (32, 32), (33, 47), (40, 48)])
  }

  package func execution(
    seeds: String = "1", evaluate: String = "test", extra: String = "", output: String = "native"
  ) throws -> SweepExecution {
    var sweep = try Sweep(
      yaml: """
        name: tiny
        seeds: [\(seeds)]
        backbones: [resnet18]
        losses: [\(losses.joined(separator: ", "))]
        network: {width: 0.0625}
        training: {iterations: 4, batch: 2, learning_rate: 1e-3, validate_every: 2}
        \(extra)
        datasets:
          camvid: {source: real, size: [32, 40], augmentation: flip, evaluate: \(evaluate)}
        """, file: "tiny.yml")
    var selection = SweepOverrides()
    selection.paths = [.camvid: temporary.file("camvid")]
    try sweep.apply(selection)
    return SweepExecution(
      sweep: sweep, output: temporary.file(output), threads: 1, addsToPlan: false,
      data: DataFolders(
        paths: [.camvid: temporary.file("camvid")], cache: temporary.file("cache")),
      checkpointEverySeconds: 60)
  }

  @discardableResult
  package func writeBundle(limit: Int = 1 << 30, extra: String = "") throws -> BundleSummary {
    try execution(extra: extra).bundle(to: bundle, copyingUpTo: limit)
  }

  /// Trains the runs here and writes them into the bundle.
  package func comeBack(extra: String = "") throws {
    let outcome = try execution(extra: extra).run { false }
    guard outcome.failures.isEmpty else { throw UserError("\(outcome.failures)") }
    for record in try SweepFolder(native).loadAll() { try write(record) }
  }

  package func folder(of record: RunRecord) -> URL { bundle.appending(path: "runs/\(record.name)") }

  /// Writes the files of a run as the Python program does.
  package func write(
    _ record: RunRecord, changing change: (inout ReturnedFixture) -> Void = { _ in }
  )
    throws
  {
    var returned = try ReturnedFixture(record, of: bundle)
    change(&returned)
    let folder = folder(of: record)
    try AtomicFile.createFolder(folder)
    var sums = ""
    for (name, content) in try returned.files(record).sorted(by: { $0.key < $1.key }) {
      try AtomicFile.write(content, to: folder.appending(path: name))
      sums += "\(sha256(content))  \(name)\n"
    }
    try AtomicFile.write(sums, to: folder.appending(path: "SHA256SUMS"))
  }
}

/// What the Python program writes of a run.
package struct ReturnedFixture {
  package var record: [String: Any]
  package var confusions: [[Int]]
  package var corrected: [[[Int]]]
  package var predictions: [Int: LabelImage]
  package var weights: [NamedArray]
  /// Arrays that are left out.
  package var missing: Set<String> = []
  package var classes: Int

  package init(_ run: RunRecord, of bundle: URL) throws {
    func json(_ value: some Encodable) throws -> Any {
      try JSONSerialization.jsonObject(with: CanonicalJSON.encode(value))
    }
    let document =
      try JSONSerialization.jsonObject(
        with: Data(contentsOf: bundle.appending(path: "bundle.json"))) as? [String: Any] ?? [:]
    let sources = document["sources"] as? [String: String] ?? [:]
    let program = sources.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)\n" }.joined()
    let runs = document["runs"] as? [[String: Any]] ?? []
    let entry = runs.first { $0["name"] as? String == run.name }
    let data = bundle.appending(path: "data/\(entry?["data"] as? String ?? "").json")
    let images = try JSONSerialization.jsonObject(with: Data(contentsOf: data)) as? [String: Any]
    record = [
      "version": 1, "run": run.name, "digest": try run.configuration.digest,
      "configuration": try json(run.configuration),
      "splitDigest": images?["splitDigest"] as? String ?? "",
      "engine": [
        "name": "PyTorch", "version": "2.15.0", "python": "3.11.2", "device": "NVIDIA H200",
        "kind": "cuda", "precision": "float32", "libraries": "CUDA 13.2, cuDNN 9.1",
        "processes": 1, "program": sha256(Data(program.utf8)),
      ],
      "operatingSystem": "Linux", "cpu": "x", "cores": 16, "threads": 1,
      "started": "2026-11-28T08:00:00Z", "trainingSeconds": 1.5, "evaluationSeconds": 0.5,
      "evaluatedIteration": run.evaluatedIteration,
      "priorTaus": run.corrected?.taus ?? [], "history": try json(run.history),
    ]
    record["checkpoints"] = try run.checkpoints.map(json)
    record["classWeights"] = run.classWeights
    confusions = run.confusions.map(\.counts)
    corrected = (run.corrected?.taus ?? []).map { tau in
      (run.corrected?.matrices(tau: tau) ?? []).map(\.counts)
    }
    (predictions, classes) = (run.predictions, run.confusions[0].classes)
    weights = try RunFolder.loadWeights(run.folder)
  }

  fileprivate func files(_ run: RunRecord) throws -> [String: Data] {
    [
      "record.json": try JSONSerialization.data(withJSONObject: record, options: .sortedKeys),
      "arrays.npz": try arrays(run),
      "weights.safetensors": try SafeTensors.encode(weights, metadata: [:]),
    ]
  }

  private func arrays(_ run: RunRecord) throws -> Data {
    let file = URL(filePath: "/arrays.npz")
    let (count, places) = (confusions.count, predictions.keys.sorted())
    let ids = places.flatMap { predictions[$0]?.ids ?? [] }
    let first = predictions.values.first
    let members: [String: Data] = [
      "confusions.npy": try NumPy.encode(
        confusions.flatMap { $0 }.map { Int32($0) }, shape: [count, classes, classes], of: file),
      "corrected.npy": try NumPy.encode(
        corrected.flatMap { $0.flatMap { $0 } }.map { Int32($0) },
        shape: [corrected.count, corrected.first?.count ?? 0, classes, classes], of: file),
      "pictured.npy": try NumPy.encode(
        places.map { Int32($0) }, shape: [places.count], of: file),
      "predictions.npy": try NumPy.encode(
        ids, shape: [places.count, first?.height ?? 0, first?.width ?? 0], of: file),
    ]
    var zip = ZipWriter()
    for (name, content) in members.sorted(by: { $0.key < $1.key })
    where !missing.contains(name) {
      try zip.add(name, content)
    }
    return zip.finished()
  }
}
