import ArgumentParser
import Datasets
import Experiments
import Files
import Foundation
import Models

struct BundleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bundle",
    abstract:
      "Write what PyTorch needs to train a sweep's runs on another machine, such as one with a GPU.",
    discussion: """
      The machine needs Python 3.10 or later with PyTorch and NumPy, and nothing of RecallBench. The \
      runs are the same: the same initial weights, batches, augmentation, dropout masks, and losses, \
      computed by PyTorch. Bring the folder back and add the runs to your results with 'import'.

        recallbench bundle benchmarks/sweeps/paper.yml --output paper-bundle \\
          --synthia /data/SYNTHIA-SEQS-05-SUMMER --cityscapes /data/cityscapes
        cd paper-bundle && python run.py --jobs 2      # there
        recallbench import paper-bundle                # here

      Images are copied as far as --copy-up-to allows; others are read from the data set's own files \
      there, whose folder run.py is given. Labels are always copied. See docs/pytorch.md.
      """)

  @Argument(
    help: "Sweep file (YAML), such as benchmarks/sweeps/quick.yml.", completion: sweepFiles)
  var file: String
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("New folder for the bundle.", valueName: "folder"), completion: .directory)
  var output: String
  @Option(
    help: ArgumentHelp(
      "Copy the images of a data set if they take at most this many gigabytes.",
      valueName: "gigabytes"))
  var copyUpTo: Double = 4
  @OptionGroup var chosen: SweepChoiceOptions
  @OptionGroup(title: "Weights") var weights: PretrainedOptions
  @OptionGroup(title: "Data") var data: DataOptions
  @OptionGroup(title: "Machine") var threads: ThreadOptions

  func validate() throws {
    guard (0...1e6).contains(copyUpTo) else {
      throw ValidationError("--copy-up-to must be from 0 to 1000000.")
    }
  }

  func run() throws {
    var sweep = try Sweep(contentsOf: URL(filePath: file))
    guard sweep.tuning == nil else {
      throw UserError(
        path: file,
        problem: "has a 'tune' section, whose runs depend on each other; bundle a sweep file")
    }
    try sweep.apply(chosen.selection(data, weights))
    let execution = SweepExecution(
      sweep: sweep, output: URL(filePath: output), threads: threads.threadCount,
      addsToPlan: false, data: try data.folders(), checkpointEverySeconds: .infinity)
    let summary = try execution.bundle(
      to: URL(filePath: output), copyingUpTo: Int(copyUpTo * 1e9))
    print(
      "\(output): \(counted(summary.runs, "run")), \(megabytes(summary.bytes)); take the folder to a "
        + "machine with Python, PyTorch and NumPy and type there: python run.py")
    for (name, bytes) in summary.left.sorted(by: { $0.key < $1.key }) {
      print(
        "\(name): its images would take \(megabytes(bytes)) and were not copied; give run.py the data "
          + "set's folder: --data \(name)=PATH (or raise --copy-up-to)")
    }
  }

  private func megabytes(_ bytes: Int) -> String {
    let megabytes = Double(bytes) / 1e6
    return megabytes < 10_000
      ? String(format: "%.1f MB", megabytes) : String(format: "%.0f GB", megabytes / 1e3)
  }
}
