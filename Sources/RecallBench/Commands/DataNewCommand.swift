import ArgumentParser
import Datasets
import Experiments
import Files
import Foundation
import Tensors

struct DataNewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new",
    abstract: "Describe a folder of images and label files as a data set.",
    discussion: """
      This command writes a YAML file with the folders, the type of the label files, and the ids \
      or colors that occur in them with their shares. You then fill in the names of the classes. \
      The commands sweep, train, compare, evaluate, predict, and data inspect read it \
      (docs/data.md).

        recallbench data new /data/leaves
        recallbench data inspect leaves.yml
      """)

  @Argument(help: "Folder that holds images and label files (PNG), in one folder or several.")
  var folder: String
  @Option(help: "The data set's name (default: the folder's).")
  var name: String?
  @Option(
    name: .shortAndLong, help: ArgumentHelp("File to write (default: NAME.yml).", valueName: "file")
  )
  var output: String?
  @OptionGroup var overwrite: OverwriteOptions
  @OptionGroup(title: "Machine") var machine: ThreadOptions

  func run() throws {
    Interruption.install()
    let root = URL(filePath: folder)
    let name = DatasetName(rawValue: name ?? Self.name(of: root))
    let target = URL(filePath: output ?? "\(name).yml")
    let file = overwrite.file(output ?? "\(name).yml")
    try file.checkPlace()
    let survey = try FolderSurvey(root, compute: Compute(threads: machine.threadCount))
    try file.write(survey.yaml(name: name))
    if file.isStandardOutput { return }
    print(
      "\(target.relativePath): \(survey.values.count) values in label files (\(survey.type)); fill in "
        + "the classes, then: \(ProgramName.current) data inspect \(shellQuoted(target.relativePath))"
    )
  }

  /// The folder's name, in the characters that a data set's name may have.
  private static func name(of folder: URL) -> String {
    let letters = folder.standardizedFileURL.lastPathComponent.lowercased().map { letter in
      letter.isASCII && (letter.isLetter || letter.isNumber || letter == "_") ? letter : "-"
    }
    let name = String(String(letters.prefix(36)).drop { !$0.isLetter })
    let isTaken = DatasetRegistry.names.contains { $0.rawValue == name }
    return name.isEmpty || isTaken ? "my-" + name : name
  }
}
