import Checkpoints
import Datasets
import Files
import Foundation
import Metrics

/// What came of the runs of a bundle.
package struct ImportSummary: Sendable {
  /// The names of the runs that were added, and of those that were there already.
  package var added: [String] = []
  package var known: [String] = []
  /// Runs that have not been trained to their end: what is missing, one line each.
  package var unfinished: [String] = []
  /// Why runs were not added.
  package var refused: [UserError] = []
}

extension BundleFolder {
  /// Checks what the Python program has left and adds it to a folder of results.
  ///
  /// - Parameter output: a new folder or one of a sweep.
  /// - Throws: `UserError` if nothing can be added there; what is wrong with single runs is in the summary.
  package func importRuns(into output: URL) throws -> ImportSummary {
    try checkIsOutside(output)
    let sweep = SweepFolder(output)
    try AtomicFile.createFolder(output)
    let claim = try sweep.claimAll()
    defer { claim.release() }
    let reader = ReturnedRunReader(bundle: self)
    let stored = sweep.holdsRuns ? try sweep.loadStored().records : []
    var (summary, records, weights) = (ImportSummary(), [RunRecord](), [String: [NamedArray]]())
    for run in document.runs {
      if let state = try unfinished(run) {
        summary.unfinished.append("\(run.name): \(state)")
        continue
      }
      do {
        var (record, arrays) = try reader.read(run)
        record.folder = sweep.runs.appending(path: run.name)
        if try isKnown(record, in: stored) {
          summary.known.append(run.name)
        } else {
          records.append(record)
          weights[run.name] = arrays
        }
      } catch {
        summary.refused.append(error as? UserError ?? UserError(oneLine(error)))
      }
    }
    try checkEngines(stored + records, in: output)
    try checkSameImages(stored + records)
    for record in records {
      try add(record, weights[record.name] ?? [], to: sweep)
      summary.added.append(record.name)
    }
    if !(summary.added + summary.known).isEmpty {
      try SweepPlan(name: document.sweep, runs: runs).save(to: output, adding: true)
    }
    return summary
  }

  /// The bundle's own files have the names of those of results, which would replace them.
  private func checkIsOutside(_ output: URL) throws(UserError) {
    func parts(_ url: URL) -> [String] {
      url.absoluteURL.standardizedFileURL.resolvingSymlinksInPath().pathComponents
    }
    guard !parts(output).starts(with: parts(url)) else {
      throw UserError(
        path: output.path,
        problem: "is in the bundle; name a folder of results with --output")
    }
  }

  /// Why there is nothing to read of a run; nil if it is finished.
  private func unfinished(_ run: BundleDocument.Run) throws -> String? {
    func has(_ name: String) -> Bool {
      FileManager.default.fileExists(atPath: folder(of: run).appending(path: name).path)
    }
    // Without the list, what is there is damaged, which is said when it is read.
    if has(ReturnedFiles.sums) || has(ReturnedFiles.record) && !has(ReturnedFiles.checkpoint) {
      return nil
    }
    return has(ReturnedFiles.checkpoint)
      ? "stopped half-way; python run.py goes on from its checkpoint" : "not trained yet"
  }

  /// Whether the run is stored already, with the same results.
  /// - Throws: `UserError` if another training of it is stored.
  private func isKnown(_ record: RunRecord, in stored: [RunRecord]) throws -> Bool {
    guard let other = stored.first(where: { $0.name == record.name }) else { return false }
    if other.environment.engine == record.environment.engine,
      record.differences(from: other).isEmpty
    {
      return true
    }
    throw UserError(
      path: other.folder.path,
      problem: "is another training of this run (by \(other.environment.trainedBy)); name another "
        + "--output, or remove that folder")
  }

  private func add(
    _ record: RunRecord, _ weights: [NamedArray], to sweep: SweepFolder
  ) throws {
    let folder = try RunFolder(sweep, configuration: record.configuration)
    try folder.prepare()
    var record = record
    record.weightsSeal = try folder.saveWeights(weights)
    try folder.finish(record)
  }
}

/// Reads finished runs of a bundle, and what they are compared with.
private final class ReturnedRunReader {
  private let bundle: BundleFolder
  private var data: [String: BundledData] = [:]
  /// By list of images and image: the pixels of each class.
  private var truth: [String: [[Int]]] = [:]

  init(bundle: BundleFolder) { self.bundle = bundle }

  /// - Returns: the run, and its weights.
  /// - Throws: `UserError` naming the file that cannot be that of the run, and what is wrong with it.
  func read(_ run: BundleDocument.Run) throws -> (RunRecord, [NamedArray]) {
    let images = try images(run.data)
    let files = try ReturnedFiles(bundle.folder(of: run))
    let (content, file) = files[ReturnedFiles.record]
    let returned = try CanonicalJSON.decode(ReturnedRecord.self, from: content, of: file)
    try check(returned, is: run, images, file)
    let (packed, arraysFile) = files[ReturnedFiles.arrays]
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
    let (tensors, weightsFile) = files[ReturnedFiles.weights]
    return (record, try weights(tensors, weightsFile, of: run))
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

  /// The tensors of a network of the run's configuration.
  private func weights(
    _ content: Data, _ file: URL, of run: BundleDocument.Run
  ) throws -> [NamedArray] {
    func failed(_ problem: String) -> UserError { UserError(path: file.path, problem: problem) }
    let arrays: [NamedArray]
    do {
      arrays = try SafeTensors.decode(content).tensors.map {
        NamedArray(name: $0.name, shape: $0.shape, values: try $0.values())
      }
    } catch { throw failed("is not a readable safetensors file: \(oneLine(error))") }
    let network = run.configuration.makeNetwork(classes: run.classes)
    do { try network.load(arrays) } catch { throw failed(oneLine(error)) }
    guard arrays.count == network.stateDict().count else {
      throw failed("holds tensors that are not the network's")
    }
    if let bad = arrays.first(where: { !$0.values.allSatisfy(\.isFinite) }) {
      throw failed("\(printable(bad.name)) contains values that are not finite")
    }
    return network.stateDict()
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

extension ReturnedRecord {
  /// - Throws: `UserError` for a number that no training yields.
  fileprivate func checkNumbers(_ file: URL) throws(UserError) {
    let scores = history.flatMap { entry -> [Double] in
      let scores = [entry.loss, entry.validationMeanIoU ?? 0, entry.validationMeanAccuracy ?? 0]
      return scores + (entry.falsePositives ?? []) + (entry.classWeights ?? []).compactMap { $0 }
    }
    let seconds = [trainingSeconds, evaluationSeconds]
    let weights = (classWeights ?? []) + priorTaus
    guard (scores + seconds + weights).allSatisfy(\.isFinite), seconds.allSatisfy({ $0 >= 0 })
    else {
      throw UserError(
        path: file.path, problem: "contains a number that is not finite; train the run again")
    }
    let isEngine =
      engine.name == "PyTorch" && ["cuda", "cpu"].contains(engine.kind)
      && ["float32", "tf32", "bfloat16"].contains(engine.precision) && engine.processes > 0
    let texts = [engine.version, engine.python, engine.device, engine.libraries, cpu]
    guard isEngine, cores > 0, threads > 0, !texts.contains(where: \.hasHiddenCharacters) else {
      throw UserError(
        path: file.path,
        problem: "names no engine and machine that run.py would; train the run again")
    }
    guard priorTaus == configuration.taus else {
      throw UserError(
        path: file.path, problem: "has other strengths of prior correction than its configuration")
    }
  }
}

extension RunRecord {
  /// Compares what came back with what the bundle knows of the run.
  ///
  /// - Parameter truth: the pixels of each class in each evaluated image.
  /// - Throws: `UserError` for numbers that do not fit.
  fileprivate func checkReturned(
    _ run: BundleDocument.Run, _ images: BundledData, truth: [[Int]], _ file: URL
  ) throws(UserError) {
    func failed(_ problem: String) -> UserError {
      UserError(path: file.path, problem: problem + "; train the run again")
    }
    let all = [confusions] + configuration.taus.compactMap { corrected?.matrices(tau: $0) }
    let lists =
      history.compactMap(\.classWeights?.count) + history.compactMap(\.falsePositives?.count)
    guard (lists + [classWeights?.count ?? run.classes]).allSatisfy({ $0 == run.classes }) else {
      throw failed("has a list that is not of the \(run.classes) classes")
    }
    for matrices in all {
      for (image, matrix) in matrices.enumerated() {
        guard matrix.classes == run.classes else {
          throw failed("has matrices of \(matrix.classes) classes instead of \(run.classes)")
        }
        let pixels = (0..<matrix.classes).map { matrix.truePixels(of: $0) }
        guard pixels == truth[image] else {
          throw failed(
            "the matrix of \(printable(split.evaluated[image])) does not have the pixels of its labels"
          )
        }
      }
    }
    guard corrected?.matrices(tau: 0).map({ $0 == confusions }) ?? true else {
      throw failed("its matrices without correction are not the others")
    }
    guard predictions.keys.sorted() == images.pictured,
      predictions.values.allSatisfy({
        $0.height == images.height && $0.width == images.width
          && $0.ids.allSatisfy { $0 < run.classes }
      })
    else { throw failed("does not have the predictions that the bundle asks for") }
    let measures = configuration.measures
    guard (boundaries != nil) == measures.countsBoundaries,
      boundaries.map({ $0.count == confusions.count && $0.allSatisfy { $0.classes == run.classes } }
      )
        ?? true,
      (calibration != nil) == measures.calibration,
      calibration.map({ $0.classes.count == run.classes }) ?? true
    else { throw failed("does not have the measures that its configuration asks for") }
    try checkCheckpoints(failed)
  }

  private func checkCheckpoints(_ failed: (String) -> UserError) throws(UserError) {
    let training = configuration.training
    guard (checkpoints != nil) == (training.validateEvery != nil) else {
      throw failed("does not have the scores of best and last weights")
    }
    guard let checkpoints else { return }
    let own = training.checkpoint == .best ? checkpoints.best : checkpoints.last
    let total = confusion
    func isNear(_ a: Double?, _ b: Double?) -> Bool {
      guard let a, let b else { return a == nil && b == nil }
      return abs(a - b) < 1e-9
    }
    let scores = [
      checkpoints.best.meanIoU, checkpoints.best.meanAccuracy, checkpoints.last.meanIoU,
      checkpoints.last.meanAccuracy,
    ]
    guard scores.allSatisfy({ (0...1).contains($0 ?? 0) }),
      (1...training.iterations).contains(checkpoints.best.iteration)
    else { throw failed("has scores or an iteration that cannot be") }
    guard isNear(own.meanIoU, total.meanIoU), isNear(own.meanAccuracy, total.meanAccuracy),
      own.iteration == evaluatedIteration, checkpoints.last.iteration == training.iterations
    else { throw failed("its scores are not those of its confusion matrices") }
  }
}
