import ArgumentParser
import Datasets
import Experiments
import Files
import Foundation
import Tensors

struct DataInspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Count a data set's images and classes and report every problem found.",
    discussion: """
      Reads every file. The exit status is 1 if there is a problem.

        recallbench data inspect camvid /data/camvid
      """)

  @Argument(help: "synthia, cityscapes or camvid.")
  var name: String
  @Argument(help: "The data set's folder.")
  var path: String
  @Flag(help: "Print JSON.")
  var json = false
  @OptionGroup(title: "Machine") var machine: ThreadOptions

  func validate() throws { _ = try choices(name, "name", of: DatasetName.self) }

  func run() throws {
    guard let dataset = try choices(name, "name", of: DatasetName.self).first else { return }
    Interruption.install()
    let opened = try openDataset(
      dataset, root: URL(filePath: path), split: dataset == .synthia ? .shuffled : .official)
    let showsProgress = Terminal.columns != nil && !json
    let inspection = DatasetInspection(
      of: opened, compute: Compute(threads: machine.threadCount)
    ) { split, images in
      if showsProgress { Terminal.write("\r\u{1b}[K\(split): \(images) images") }
    }
    if showsProgress { Terminal.write("\r\u{1b}[K") }
    if json {
      let data = try CanonicalJSON.encode(inspection, pretty: true)
      print(String(decoding: data, as: UTF8.self))
    } else {
      print(inspection)
    }
    if !inspection.problems.isEmpty { throw ExitCode(1) }
  }
}
