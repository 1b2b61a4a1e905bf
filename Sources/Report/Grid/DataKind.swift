import Experiments

/// What kind of data a run was trained on, as every caption says.
enum DataKind: String, CaseIterable {
  case real = "real data"
  /// Of a description of the user's; whether its images are photographs is not known here.
  case own = "own data"
  case rendered = "rendered stand-in"
}

extension DataConfiguration {
  var kind: DataKind { source == .rendered ? .rendered : folders == nil ? .real : .own }
}
