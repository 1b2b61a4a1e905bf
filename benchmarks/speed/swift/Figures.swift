import ArgumentParser
import Experiments
import Files
import Foundation
import Tensors

/// One measured quantity, as it is stored.
struct Figure: Codable {
  /// The subcommand that measured it.
  var section: String
  /// What was measured, such as a layer or a loss.
  var subject: String
  var quantity: String
  var unit: String
  var median: Double
  var minimum: Double
  var maximum: Double
  var repetitions: Int
  /// Work per second at the median.
  var rate: Double?
  var rateUnit: String?
  /// The rate relative to the best that the machine reached in the same session.
  var shareOfPeak: Double?
}

extension Figure {
  /// Makes one from times, in milliseconds.
  init(_ section: String, _ subject: String, _ quantity: String, _ samples: Samples) {
    self.init(
      section: section, subject: subject, quantity: quantity, unit: "ms",
      median: samples.median * 1e3, minimum: samples.minimum * 1e3, maximum: samples.maximum * 1e3,
      repetitions: samples.count)
  }

  /// Makes one from a single number.
  init(
    _ section: String, _ subject: String, _ quantity: String, _ value: Double, unit: String
  ) {
    self.init(
      section: section, subject: subject, quantity: quantity, unit: unit, median: value,
      minimum: value, maximum: value, repetitions: 1)
  }

  /// Adds the amount of work per second.
  /// - Parameters:
  ///   - work: done in each repetition, in units of `unit` times seconds.
  ///   - peak: in the same unit.
  func rated(_ work: Double, _ unit: String, peak: Double? = nil) -> Figure {
    var result = self
    let rate = work / (median * 1e-3)
    (result.rate, result.rateUnit) = (rate, unit)
    result.shareOfPeak = peak.map { rate / $0 }
    return result
  }
}

/// What the numbers were measured on.
struct Machine: Codable {
  var commit: String
  var compiler: String
  var operatingSystem: String
  var cpu: String
  var cores: Int
  var threads: Int
  var blas: String
  /// OpenBLAS's kernels, and those that RecallBench replaced.
  var blasKernel: String?
  var blasKernelReplaced: String?
  /// Floats that this build's own kernels work on at a time.
  var lanes: Int?
  /// The widest vector instructions of the CPU, whatever this build uses.
  var vectors: String?
  var started: String

  init(threads: Int) {
    let now = RunEnvironment.current(threads: threads)
    (commit, compiler, operatingSystem) = (now.commit, now.compiler, now.operatingSystem)
    (cpu, cores, blas, started) = (now.cpu, now.cores, now.blas, now.started)
    (blasKernel, blasKernelReplaced) = (now.blasKernel, now.blasKernelReplaced)
    (lanes, vectors) = (now.lanes, now.vectors)
    self.threads = threads
  }
}

/// A file of measured numbers.
struct Measurements: Codable {
  var machine: Machine
  var figures: [Figure]
}

/// The options of every measuring subcommand.
struct SpeedOptions: ParsableArguments {
  @Option(help: "Number of threads (default: all cores).")
  var threads: Int?
  @Option(help: ArgumentHelp("Also write the numbers to this file as JSON.", valueName: "file"))
  var output: String?

  var threadCount: Int { threads ?? ProcessInfo.processInfo.activeProcessorCount }

  func validate() throws {
    guard (1...1024).contains(threadCount) else {
      throw ValidationError("--threads must be from 1 to 1024.")
    }
  }

  func store(_ figures: [Figure]) throws {
    guard let output else { return }
    let data = try CanonicalJSON.encode(
      Measurements(machine: Machine(threads: threadCount), figures: figures), pretty: true)
    try AtomicFile.write(data, to: URL(filePath: output))
    print("\nwritten to \(output)")
  }
}

func requirePositive(_ values: [(name: String, value: Int)]) throws {
  for (name, value) in values where !(1...65536).contains(value) {
    throw ValidationError("--\(name) must be from 1 to 65536.")
  }
}
