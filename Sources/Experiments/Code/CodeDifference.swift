import Files

/// Whether the current code still produces bit-identical results to a stored run's code.
package enum CodeDifference: Hashable, Sendable {
  case none
  /// Files changed or removed since then, relative to the package root.
  case changed([String])
  /// The two versions cannot be compared, with the reason.
  case unknown(String)

  private static func withoutCode(_ commit: String) -> String {
    guard commit != RunEnvironment.unknownCommit else {
      return
        "they are from an earlier version, which recorded neither the digest of their code nor, "
        + "without git, a commit"
    }
    return "they are from an earlier version and record the commit \(commit.prefix(9)) but not the "
      + "digest of their code; \"results pack\" in a full clone adds it"
  }

  /// - Parameters:
  ///   - environment: the environment that the run recorded.
  ///   - run: its configuration.
  ///   - codes: the manifests stored next to the run.
  init(
    _ environment: RunEnvironment, of run: RunConfiguration, codes: CodeStore,
    built: CodeManifest = .built
  ) throws(UserError) {
    if let engine = environment.engine {
      self = .unknown("they were trained by \(engine.title), not by this program")
      return
    }
    guard let recorded = environment.code else {
      self = .unknown(Self.withoutCode(environment.commit))
      return
    }
    let now = built.digest
    let same = EquivalentCode.of(recorded, for: run)
    if same.contains(now) {
      self = .none
      return
    }
    // Use the closest version that is bit-identical to the recorded one.
    var differences: [[String]] = []
    for code in same where codes.contains(code) {
      differences.append(try codes.load(code).changes(in: built))
    }
    switch differences.min(by: { $0.count < $1.count }) {
    case nil:
      self = .unknown(
        "their code has the digest \(recorded.prefix(9)), this program's is \(now.prefix(9)), and "
          + "\(codes.url.lastPathComponent)/\(recorded).json, which lists its files, is missing")
    case let files?: self = files.isEmpty ? .none : .changed(files)
    }
  }
}
