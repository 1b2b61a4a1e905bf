import Checkpoints
import Files
import Foundation

/// A finished run that came back, without its weights, which are read when they are stored.
struct ReturnedRun {
  var record: RunRecord
  let files: ReturnedFiles
  /// The number of classes.
  let classes: Int

  /// The tensors of a network of the run's configuration.
  /// - Throws: `UserError` naming the file if it was changed or holds other tensors.
  func weights() throws -> [NamedArray] {
    let (content, file) = try files.read(ReturnedFiles.weights)
    func failed(_ problem: String) -> UserError { UserError(path: file.path, problem: problem) }
    let arrays: [NamedArray]
    do {
      arrays = try SafeTensors.decode(content).tensors.map {
        NamedArray(name: $0.name, shape: $0.shape, values: try $0.values())
      }
    } catch { throw failed("is not a readable safetensors file: \(oneLine(error))") }
    let network = record.configuration.makeNetwork(classes: classes)
    do { try network.load(arrays) } catch { throw failed(oneLine(error)) }
    guard arrays.count == network.parameters.count + network.buffers.count else {
      throw failed("holds tensors that are not the network's")
    }
    if let bad = arrays.first(where: { !$0.values.allSatisfy(\.isFinite) }) {
      throw failed("\(printable(bad.name)) contains values that are not finite")
    }
    return network.stateDict()
  }
}

/// Reads finished runs of a bundle, and what they are compared with.
final class ReturnedRunReader {
  private let bundle: BundleFolder
  private var data: [String: BundledData] = [:]
  /// By list of images and image: the pixels of each class.
  private var truth: [String: [[Int]]] = [:]

  init(bundle: BundleFolder) { self.bundle = bundle }

  /// - Throws: `UserError` naming the file that cannot be that of the run, and what is wrong with it.
  func read(_ run: BundleDocument.Run) throws -> ReturnedRun {
    let images = try images(run.data)
    let files = try ReturnedFiles(bundle.folder(of: run))
    let (content, file) = try files.read(ReturnedFiles.record)
    let returned = try CanonicalJSON.decode(ReturnedRecord.self, from: content, of: file)
    try check(returned, is: run, images, file)
    let (packed, arraysFile) = try files.read(ReturnedFiles.arrays)
    let arrays = try ReturnedArrays(packed, of: arraysFile, returned)
    let record = RunRecord(
      folder: files.folder, configuration: run.configuration,
      environment: returned.environment(
        bundle.document.program, pretrained: run.weights.file),
      split: images.split, history: returned.history, confusions: arrays.confusions,
      evaluatedIteration: returned.evaluatedIteration, checkpoints: returned.checkpoints,
      predictions: arrays.predictions, classWeights: returned.classWeights,
      corrected: arrays.corrected, boundaries: arrays.boundaries, calibration: arrays.calibration)
    try record.check(arraysFile)
    try record.checkReturned(run, images, truth: truth(of: images), arraysFile)
    return ReturnedRun(record: record, files: files, classes: run.classes)
  }

  private func images(_ name: String) throws -> BundledData {
    if let known = data[name] { return known }
    let read = try bundle.data(name)
    guard try read.split.digest == read.splitDigest else {
      throw UserError(
        path: bundle.url.appending(path: "data/\(name).json").path,
        problem: "was changed: its list of images does not match its digest")
    }
    data[name] = read
    return read
  }

  private func check(
    _ returned: ReturnedRecord, is run: BundleDocument.Run, _ images: BundledData, _ file: URL
  ) throws {
    func failed(_ problem: String) -> UserError { UserError(path: file.path, problem: problem) }
    guard images.classes.count == run.classes, images.configuration == run.configuration.data else {
      throw failed(
        "the bundle's data/\(run.data).json is not that of the run; copy the bundle again")
    }
    guard returned.version == BundleDocument.version else {
      throw failed(
        "is a record of version \(returned.version), and this program reads version "
          + "\(BundleDocument.version)")
    }
    guard returned.run == run.name, returned.digest == run.digest,
      returned.configuration == run.configuration
    else {
      throw failed(
        "its configuration is not that of the bundle's run (digest \(printable(returned.digest)) "
          + "instead of \(run.digest)); put it back, or train the run again")
    }
    guard returned.splitDigest == images.splitDigest else {
      throw failed("was trained on other images than the bundle lists; train the run again")
    }
    guard returned.engine.program == EngineSources.digest(of: bundle.document.sources) else {
      throw failed(
        "was trained by other Python files than the bundle came with; put these back and train the run "
          + "again")
    }
    try returned.checkNumbers(file)
  }

  /// The pixels of each class in each evaluated image, from the bundle's labels.
  private func truth(of images: BundledData) throws -> [[Int]] {
    let name = images.stores.evaluated
    if let known = truth[name] { return known }
    let counts = try bundle.classPixels(
      ofStore: name, images: images.split.evaluated, classes: images.classes.count,
      atFileSize: images.sizes != .store)
    truth[name] = counts
    return counts
  }
}
