import Datasets
import Files
import Foundation

extension Sweep.Entry {
  /// Finds the data set's files: the command line goes before the environment, and that before the
  /// sweep file. Only the command line replaces a rendered stand-in, or a description's rules: no
  /// variable changes what a run is.
  ///
  /// - Throws: `UserError` if real data has no place.
  mutating func locate(_ overrides: SweepOverrides, in file: String) throws(UserError) {
    let name = data.name
    if let description = overrides.described[name] {
      try describe(description)
      place = DataPlace(URL(filePath: description.file), origin: "--data")
    } else if let url = overrides.paths[name] {
      (data.source, data.render) = (.real, nil)
      data.scoredSize = try scoredSize()
      place = DataPlace(url, origin: "--\(name)")
    } else if data.source == .folders {
      try describeByEnvironment(overrides.environment)
    } else if data.source == .real {
      place =
        name.place(in: overrides.environment)
        ?? path.map { DataPlace($0, origin: "path in \(file)") }
      guard place != nil else { throw UserError(path: file, problem: noPlace(name)) }
    }
  }

  /// Where the data set is, for the start of a sweep; nil for a stand-in that nothing could replace.
  func placeLine(_ environment: [String: String]) -> String? {
    let name = data.name
    if data.source == .rendered {
      return name.place(in: environment).map { other in
        "\(name): rendered stand-in; \(other.origin) is set, but only --\(name) PATH replaces it"
      }
    }
    let place = place ?? description.map { DataPlace(URL(filePath: $0.file), origin: "folders") }
    return place.map { "\(name): \($0.url.relativePath) (\($0.origin))" }
  }

  /// Takes the file locations from the description that the environment names, if it names one.
  private mutating func describeByEnvironment(
    _ environment: [String: String]
  ) throws(UserError) {
    guard let place = data.name.place(in: environment) else { return }
    let other = try FolderDescription(contentsOf: place.url, name: data.name)
    guard other.rules == description?.rules else {
      throw UserError(
        path: place.url.path,
        problem:
          "(\(place.origin)) describes \(data.name) with different classes, labels, split, or "
          + "normalization from the sweep's; a variable may only change where the files are, so "
          + "give it with --data")
    }
    (description, self.place) = (other, place)
  }

  /// Replaces the sweep file's description.
  private mutating func describe(_ description: FolderDescription) throws(UserError) {
    guard description.scoredSplits.contains(data.evaluate) else {
      throw UserError(
        path: description.file,
        problem: "has no \(data.evaluate) split, on which the sweep evaluates \(data.name)")
    }
    self.description = description
    data.folders = description.rules
    data.split = DatasetDescriptor(data.name, description.rules).splitSchemes[0]
  }
}

extension Sweep {
  /// Adds the folders that the file names for data sets that nothing else places.
  package func addPlaces(to folders: inout DataFolders) {
    for entry in datasets where !folders.has(entry.data.name) {
      folders.paths[entry.data.name] = entry.path
    }
  }

  /// The same as options for another command.
  package func placeArguments(besides folders: DataFolders) -> [String] {
    datasets.filter { !folders.has($0.data.name) }.flatMap { entry in
      entry.path.map { ["--data", "\(entry.data.name)=\($0.path)"] } ?? []
    }
  }
}

/// What to do about real data whose folder nothing names.
func noPlace(_ name: DatasetName) -> String {
  "\(name) needs the real data: give its folder with --\(name) PATH, \(name.variable) or 'path' in "
    + "the sweep file"
}
