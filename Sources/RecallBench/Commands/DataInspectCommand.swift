import ArgumentParser
import Datasets
import Experiments
import Files
import Foundation
import Tensors

struct DataInspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Count a data set's images and classes, and report every problem.",
    discussion: """
      This command reads every file. Its exit status is 1 if there is a problem.

        recallbench data inspect camvid /data/camvid
        recallbench data inspect leaves.yml
      """)

  @Argument(help: "\(datasetNames), or the description of a data set, FILE.yml.")
  var name: String?
  @Argument(help: "The data set's folder.")
  var path: String?
  @Flag(help: "Print JSON.")
  var json = false
  @OptionGroup(title: "Data") var data: DataOptions
  @OptionGroup(title: "Machine") var machine: ThreadOptions

  func validate() throws {
    _ = try places()
    guard name != nil || !data.places.isEmpty else {
      throw ValidationError("Give a data set and its folder, such as camvid /data/camvid.")
    }
  }

  /// Turns what the arguments name into values of --data.
  private func places() throws -> DataOptions {
    var places = data
    guard let name else { return places }
    if let path {
      places.places.append("\(name)=\(path)")
    } else if isDescription(name) {
      places.places.append(name)
    } else if let place = DatasetName(rawValue: name).place(in: DataOptions.environment) {
      places.places.append("\(name)=\(place.url.path)")
    } else {
      throw ValidationError("Give the folder of \(name), or a description FILE.yml.")
    }
    try places.validate()
    return places
  }

  func run() throws {
    let places = try places()
    Interruption.install()
    var isSound = true
    for (name, path) in try places.paths().sorted(by: { $0.key < $1.key }) {
      let descriptor = try DatasetRegistry.require(name)
      let opened = try descriptor.open(path, split: descriptor.splitSchemes[0])
      isSound = try inspect(opened) && isSound
    }
    for (_, description) in try places.described().sorted(by: { $0.key < $1.key }) {
      isSound = try inspect(description.open()) && isSound
    }
    if !isSound { throw ExitCode(1) }
  }

  /// Prints the contents of a data set.
  /// - Returns: whether it has no problems.
  private func inspect(_ dataset: any Dataset) throws -> Bool {
    let showsProgress = Terminal.columns != nil && !json
    let inspection = DatasetInspection(
      of: dataset, compute: Compute(threads: machine.threadCount)
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
    return inspection.problems.isEmpty
  }
}
