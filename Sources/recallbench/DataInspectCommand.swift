import ArgumentParser
import Datasets
import Experiments
import Foundation

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

  func run() throws { throw UserError("not yet") }
}
