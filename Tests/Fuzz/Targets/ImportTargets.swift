import BundleSupport
import Datasets
import Experiments
import Files
import Foundation

extension FuzzTarget {
  static let imports = [
    returned("import-record", "runs/*/record.json", mutatesJSON, run: "record.json") {
      $0.put($1, "record.json")
    },
    returned("import-arrays", "runs/*/arrays.npz", mutatesArrays, run: "arrays.npz") {
      $0.put($1, "arrays.npz")
    },
    returned("import-bundle", "bundle.json", mutatesJSON, "bundle.json") {
      try $0.put(bundle: $1)
    },
    returned("import-data", "data/*.json", mutatesJSON, "data/") { try $0.put(data: $1) },
    returned("import-stores", "stores/*.json", mutatesJSON, "stores/") { try $0.put(store: $1) },
  ]

  /// - Parameter path: the beginning of the paths of the files to begin with; a run's are below its folder.
  private static func returned(
    _ name: String, _ title: String, _ mutator: any Mutator, _ path: String = "",
    run: String? = nil, put: @escaping @Sendable (inout ReturnedPlace, Data) throws -> Void
  ) -> FuzzTarget {
    FuzzTarget(
      name: name, title: "imported runs: " + title, memoryFactor: 2048,
      seeds: { _, _ in
        let template = try ReturnedTemplate.made.get()
        let start = run.map { "runs/\(template.run)/\($0)" } ?? path
        return template.files.filter { $0.key.hasPrefix(start) && !$0.key.hasSuffix("labels") }
          .sorted { $0.key < $1.key }.map(\.value)
      }, mutator: mutator
    ) { input, place in
      var returned = ReturnedPlace(try ReturnedTemplate.made.get())
      try put(&returned, input)
      return try returned.imported(in: place)
    }
  }
}

/// A small bundle that has come back with its one run, of which single files are then replaced.
private struct ReturnedTemplate {
  /// By their paths in the bundle, without what only the Python program reads.
  var files: [String: Data] = [:]
  /// The run's name.
  var run = ""

  static let made = Result { try ReturnedTemplate() }

  private init() throws {
    let fixture = try BundleFixture(losses: ["recall"])
    try fixture.writeBundle()
    try fixture.comeBack()
    for path in try FileManager.default.subpathsOfDirectory(atPath: fixture.bundle.path)
    where !path.hasSuffix(".images") && !path.hasSuffix(".py") && !path.hasPrefix("checks") {
      files[path] = try? Data(contentsOf: fixture.bundle.appending(path: path))
    }
    run = try BundleFolder(fixture.bundle).runs[0].runName
  }
}

/// A bundle that has come back, in which one file is replaced. What holds a digest of that file is made
/// to fit, so that what is read goes beyond it.
private struct ReturnedPlace {
  private var files: [String: Data]
  private var run: String

  init(_ template: ReturnedTemplate) { (files, run) = (template.files, template.run) }

  private typealias Fields = [String: Any]

  private func fields(_ path: String) -> Fields {
    guard let data = files[path] else { return [:] }
    return (try? JSONSerialization.jsonObject(with: data) as? Fields) ?? [:]
  }

  private mutating func put(_ fields: Fields, at path: String) throws {
    files[path] = try JSONSerialization.data(
      withJSONObject: fields, options: [.sortedKeys, .withoutEscapingSlashes])
  }

  /// Replaces a file of the run.
  mutating func put(_ data: Data, _ name: String) {
    files["runs/\(run)/\(name)"] = data
    let names = ["arrays.npz", "record.json", "weights.safetensors"]
    let sums = names.map { name in
      "\(sha256(files["runs/\(run)/\(name)"] ?? Data()))  \(name)\n"
    }
    files["runs/\(run)/SHA256SUMS"] = Data(sums.joined().utf8)
  }

  private mutating func changeRecord(_ change: (inout Fields) -> Void) throws {
    let path = "runs/\(run)/record.json"
    var record = fields(path)
    change(&record)
    try put(record, at: path)
    put(files[path] ?? Data(), "record.json")
  }

  private struct Probe: Decodable {
    struct Run: Decodable { var configuration: RunConfiguration }
    var runs: [Run]
  }

  /// The digest and the name are made those of the configuration, also in the run's record.
  mutating func put(bundle data: Data) throws {
    files["bundle.json"] = data
    let probe = try? CanonicalJSON.decode(Probe.self, from: data, of: URL(filePath: "/"))
    var bundle = fields("bundle.json")
    guard let configuration = probe?.runs.first?.configuration,
      var runs = bundle["runs"] as? [Fields]
    else { return }
    let (name, digest) = (try configuration.runName, try configuration.digest)
    runs[0]["name"] = name
    runs[0]["digest"] = digest
    bundle["runs"] = runs
    try put(bundle, at: "bundle.json")
    try move(to: name)
    try changeRecord {
      $0["run"] = name
      $0["digest"] = digest
      $0["configuration"] = runs[0]["configuration"]
    }
  }

  private mutating func move(to name: String) throws {
    for (path, content) in files where path.hasPrefix("runs/\(run)/") {
      files[path] = nil
      files["runs/\(name)/" + path.dropFirst("runs/\(run)/".count)] = content
    }
    run = name
  }

  /// The list of images gets its digest, also in the run's record.
  mutating func put(data: Data) throws {
    guard let path = path(in: "data/") else { return }
    files[path] = data
    struct Probe: Decodable { var split: SplitRecord }
    let probe = try? CanonicalJSON.decode(Probe.self, from: data, of: URL(filePath: "/"))
    if let split = probe?.split {
      let digest = sha256(try CanonicalJSON.encode(split))
      var images = fields(path)
      images["splitDigest"] = digest
      try put(images, at: path)
      try changeRecord { $0["splitDigest"] = digest }
    }
    try list(path)
  }

  mutating func put(store data: Data) throws {
    let images = fields(path(in: "data/") ?? "")
    guard let stores = images["stores"] as? Fields, let name = stores["evaluated"] as? String else {
      return
    }
    files["stores/\(name).json"] = data
    try list("stores/\(name).json")
  }

  private func path(in folder: String) -> String? {
    files.keys.filter { $0.hasPrefix(folder) }.min()
  }

  /// Writes a file's digest into the bundle's list.
  private mutating func list(_ path: String) throws {
    var bundle = fields("bundle.json")
    var listed = bundle["files"] as? [String: String] ?? [:]
    listed[path] = sha256(files[path] ?? Data())
    bundle["files"] = listed
    try put(bundle, at: "bundle.json")
  }

  /// What `import` does with it.
  func imported(in place: FuzzPlace) throws -> String {
    let (bundle, results) = (place.file("bundle"), place.file("results"))
    for folder in [bundle, results] { try? FileManager.default.removeItem(at: folder) }
    for (path, content) in files {
      let file = bundle.appending(path: path)
      try AtomicFile.createFolder(file.deletingLastPathComponent())
      try content.write(to: file)
    }
    let summary = try BundleFolder(bundle).importRuns(into: results)
    if let error = summary.refused.first { throw error }
    let stored = SweepFolder(results)
    if !summary.added.isEmpty { _ = try stored.loadAll() }
    return "\(summary.added.count) added, \(summary.unfinished.count) unfinished"
  }
}
