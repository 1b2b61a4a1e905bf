import Checkpoints
import Datasets
import Files
import Foundation
import Metrics

/// What the Python program says of a finished run: `record.json`.
struct ReturnedRecord: Codable, Sendable {
  var version: Int
  var run: String
  /// That of the configuration.
  var digest: String
  var configuration: RunConfiguration
  var splitDigest: String
  var engine: TrainingEngine
  var operatingSystem: String
  var cpu: String
  var cores: Int
  var threads: Int
  var started: String
  var trainingSeconds: Double
  var evaluationSeconds: Double
  var evaluatedIteration: Int
  var checkpoints: CheckpointScores?
  var classWeights: [Double]?
  var priorTaus: [Double]
  var history: [HistoryEntry]

  /// - Parameters:
  ///   - program: of the bundle.
  ///   - pretrained: the name of the file of pretrained weights.
  func environment(
    _ program: BundleDocument.Program, pretrained: String?
  ) -> RunEnvironment {
    var environment = RunEnvironment(
      commit: program.commit, compiler: "Python \(engine.python)",
      operatingSystem: operatingSystem, cpu: cpu, cores: cores, threads: threads,
      blas: engine.libraries, started: started, trainingSeconds: trainingSeconds,
      evaluationSeconds: evaluationSeconds, pretrainedFile: pretrained,
      torch: configuration.torch == nil
        ? nil : "torch \(engine.version), Python \(engine.python)")
    environment.engine = engine
    return environment
  }
}

/// The files of a finished run, as its list of digests names them.
struct ReturnedFiles {
  let folder: URL
  /// The SHA-256 of each file, by name.
  private let sums: [String: String]

  static let record = "record.json"
  static let arrays = "arrays.npz"
  static let weights = "weights.safetensors"
  static let sums = "SHA256SUMS"
  static let checkpoint = "checkpoint.pt"

  private static let advice = "copy the run's folder again, or remove it and train the run again"

  /// - Throws: `UserError` if the list is missing or damaged.
  init(_ folder: URL) throws(UserError) {
    self.folder = folder
    let list = folder.appending(path: Self.sums)
    try requireThere(list, advice: Self.advice)
    sums = try Self.parse(BoundedFile.text(list, atMost: 1 << 16), list)
  }

  /// Reads a file and compares it with its digest.
  /// - Throws: `UserError` if it is missing, or is not what the program wrote.
  func read(_ name: String) throws(UserError) -> (content: Data, file: URL) {
    let file = folder.appending(path: name)
    try requireThere(file, advice: Self.advice)
    let content = try AtomicFile.read(file)
    guard sums[name] == sha256(content) else {
      throw UserError(
        path: file.path,
        problem: "is not what was written (its SHA-256 is not the one in \(Self.sums)): it was "
          + "damaged or edited; copy it again, or remove the run's folder and train it again")
    }
    return (content, file)
  }

  /// Lines as `sha256sum` writes them.
  private static func parse(_ text: String, _ file: URL) throws(UserError) -> [String: String] {
    var sums: [String: String] = [:]
    for line in text.split(whereSeparator: \.isNewline) {
      let parts = line.split(separator: "  ", maxSplits: 1)
      guard parts.count == 2, parts[0].count == 64 else {
        throw UserError(path: file.path, problem: "is damaged; copy it again")
      }
      sums[String(parts[1])] = String(parts[0])
    }
    return sums
  }
}

/// The arrays of a finished run: `arrays.npz`, as NumPy writes it.
struct ReturnedArrays {
  let confusions: [ConfusionMatrix]
  let corrected: CorrectedConfusions
  let predictions: [Int: LabelImage]
  let boundaries: [BoundaryCounts]?
  let calibration: Calibration?

  /// - Throws: `UserError` if an array is missing, or cannot be that of a run of the configuration.
  init(_ content: Data, of file: URL, _ record: ReturnedRecord) throws {
    let archive: ZipArchive
    do throws(UserError) { archive = try ZipArchive(content) } catch {
      throw UserError(path: file.path, problem: error.problem)
    }
    func member(_ name: String) throws -> Data? {
      do throws(UserError) { return try archive.contents(of: "\(name).npy") } catch {
        throw UserError(path: file.path, problem: error.problem)
      }
    }
    func required(_ name: String) throws -> Data {
      if let data = try member(name) { return data }
      throw UserError(path: file.path, problem: "lacks \(name); train the run again")
    }
    confusions = try decodeConfusions(required("confusions"), of: file)
    corrected =
      record.priorTaus.isEmpty
      ? try CorrectedConfusions(taus: [], [])
      : try Self.corrected(
        required("corrected"), taus: record.priorTaus, like: confusions, of: file)
    predictions = try Self.predictions(
      required("predictions"), at: required("pictured"), of: file)
    boundaries = try member("boundary").map { try decodeBoundaries($0, of: file) }
    calibration = try member("calibration").map { try decodeCalibration($0, of: file) }
  }

  private static func corrected(
    _ data: Data, taus: [Double], like plain: [ConfusionMatrix], of file: URL
  ) throws -> CorrectedConfusions {
    let (shape, values) = try NumPy.decode(data, as: Int32.self, of: file)
    let classes = plain.first?.classes ?? 0
    guard shape == [taus.count, plain.count, classes, classes], values.allSatisfy({ $0 >= 0 })
    else {
      throw UserError(
        path: file.path, problem: "contains corrected confusion matrices of invalid shape \(shape)")
    }
    let size = classes * classes
    let matrices = taus.indices.map { tau in
      plain.indices.map { image in
        let start = (tau * plain.count + image) * size
        return ConfusionMatrix(
          classes: classes, counts: values[start..<start + size].map(Int.init))
      }
    }
    return try CorrectedConfusions(taus: taus, matrices)
  }

  private static func predictions(
    _ data: Data, at pictured: Data, of file: URL
  ) throws -> [Int: LabelImage] {
    let places = try NumPy.decode(pictured, as: Int32.self, of: file).values
    let (shape, ids) = try NumPy.decode(data, as: UInt8.self, of: file)
    guard shape.count == 3, shape[0] == places.count, Set(places).count == places.count,
      !ids.isEmpty
    else {
      throw UserError(path: file.path, problem: "contains predictions of invalid shape \(shape)")
    }
    let area = shape[1] * shape[2]
    let images = places.indices.map { index in
      LabelImage(
        height: shape[1], width: shape[2], ids: Array(ids[index * area..<(index + 1) * area]))
    }
    return Dictionary(uniqueKeysWithValues: zip(places.map(Int.init), images))
  }
}
