import ArgumentParser
import Datasets
import Experiments
import Foundation

/// Where the data is.
struct DataOptions: ParsableArguments {
  @Option(
    name: .customLong("data"),
    help: ArgumentHelp(
      "Where the files of a data set are: "
        + DatasetRegistry.all.map { "\($0.name)=PATH (holds \($0.layout))" }
        .joined(separator: ", ")
        + "; or FILE.yml or NAME=FILE.yml, the description of another one (docs/data.md). Without it: "
        + "\(variables) in the environment, or 'path' in the sweep file. May be "
        + "repeated; \(shortForms.map { "\($0) PATH" }.joined(separator: ", ")) are short forms.",
      valueName: "name=path"))
  var places: [String] = []
  @Option(
    help: ArgumentHelp(
      "Folder for rendered stand-ins (default: data/rendered).", valueName: "path"))
  var dataCache: String?

  func validate() throws { _ = try parsed() }

  private enum Place {
    case folder(DatasetName, URL)
    /// A name of nil means the one in the file.
    case description(DatasetName?, URL)
  }

  private func parsed() throws -> [Place] {
    var names: Set<DatasetName> = []
    return try places.map { place in
      let parts = place.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if isDescription(place), parts.count == 1 { return .description(nil, URL(filePath: place)) }
      guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
        throw ValidationError(
          "--data '\(place)' is not NAME=PATH, such as camvid=/data/camvid, or a file FILE.yml.")
      }
      let (name, path) = (DatasetName(rawValue: String(parts[0])), String(parts[1]))
      guard names.insert(name).inserted else {
        throw ValidationError("--data gives two places for \(name).")
      }
      if DatasetRegistry.descriptor(named: name) != nil {
        return .folder(name, URL(filePath: path))
      }
      guard isDescription(path) else {
        throw ValidationError(
          "--data: \(name) is not \(datasetNames); give its description, \(name)=FILE.yml.")
      }
      return .description(name, URL(filePath: path))
    }
  }

  /// The folder of each built-in data set that has one.
  func paths() throws -> [DatasetName: URL] {
    try parsed().reduce(into: [:]) { if case .folder(let name, let url) = $1 { $0[name] = url } }
  }

  /// Reads the descriptions of other data sets.
  /// - Throws: `UserError` for the first problem in one.
  func described() throws -> [DatasetName: FolderDescription] {
    try parsed().reduce(into: [:]) { described, place in
      guard case .description(let name, let url) = place else { return }
      let description = try FolderDescription(contentsOf: url, name: name)
      described[description.name] = description
    }
  }

  /// - Throws: `ValidationError` if a data set is not built in and no description is given.
  func requireKnown(_ name: String) throws {
    let isBuiltIn = DatasetRegistry.descriptor(named: DatasetName(rawValue: name)) != nil
    let hasDescription = try parsed().contains { if case .description = $0 { true } else { false } }
    guard isBuiltIn || hasDescription else { throw unknown(name) }
  }

  private func unknown(_ name: String) -> ValidationError {
    ValidationError(
      "there is no data set '\(name)'; use one of \(datasetNames), or describe it: "
        + "--data \(name)=FILE.yml.")
  }

  /// The options as a user would type them.
  var arguments: [String] {
    places.flatMap { ["--data", $0] } + (dataCache.map { ["--data-cache", $0] } ?? [])
  }

  func folders() throws -> DataFolders {
    DataFolders(
      paths: try paths(), described: try described(),
      cache: URL(filePath: dataCache ?? "data/rendered"), environment: Self.environment)
  }

  /// - Parameter sweep: a sweep whose file may say where its data sets are.
  func folders(_ sweep: Sweep?) throws -> DataFolders {
    var folders = try folders()
    sweep?.addPlaces(to: &folders)
    return folders
  }

  /// May say where data sets are that no option places, such as RECALLBENCH_CAMVID.
  static var environment: [String: String] { ProcessInfo.processInfo.environment }

  /// A built-in data set, or one whose description is given.
  func descriptor(named name: DatasetName) throws -> DatasetDescriptor {
    if let descriptor = DatasetRegistry.descriptor(named: name) { return descriptor }
    guard let description = try described()[name] else {
      throw unknown(name.rawValue)
    }
    return description.descriptor
  }
}

/// Whether a path is that of the description of a data set.
func isDescription(_ path: String) -> Bool { path.hasSuffix(".yml") || path.hasSuffix(".yaml") }

// Options cannot be declared from a list at run time. So the short forms are expanded before the
// command line is parsed, and a new data set gets its own automatically.
extension DataOptions {
  /// `--synthia` and so on, in the order of the registry.
  static var shortForms: [String] { DatasetRegistry.names.map { "--\($0)" } }

  private static var variables: String {
    DatasetRegistry.names.map(\.variable).joined(separator: ", ")
  }

  /// The arguments with `--data camvid=PATH` in place of `--camvid PATH` and `--camvid=PATH`.
  static func expandingShortForms(_ arguments: [String]) -> [String] {
    var (expanded, index) = ([String](), 0)
    while index < arguments.count, arguments[index] != "--" {
      let argument = arguments[index]
      index += 1
      let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let option = parts.first, shortForms.contains(String(option)) else {
        expanded.append(argument)
        continue
      }
      expanded.append("--data")
      if parts.count == 2 {
        expanded.append(String(argument.dropFirst(2)))
      } else if index < arguments.count, !arguments[index].hasPrefix("-") {
        expanded.append("\(option.dropFirst(2))=\(arguments[index])")
        index += 1
      }
    }
    return expanded + arguments[index...]
  }
}

/// `synthia, cityscapes or camvid`, for help texts.
let datasetNames: String = {
  let names = DatasetRegistry.names.map(\.rawValue)
  return names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "")
}()
