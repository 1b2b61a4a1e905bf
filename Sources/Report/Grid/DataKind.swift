import Experiments

/// What kind of data a run was trained on, as every caption says.
enum DataKind: String, CaseIterable {
  case real = "real data"
  /// A data set that a user described; RecallBench does not know whether its images are photographs.
  case own = "own data"
  case rendered = "rendered stand-in"
}

extension DataConfiguration {
  var kind: DataKind {
    switch source {
    case .real: .real
    case .folders: .own
    case .rendered: .rendered
    }
  }
}
