import Files

/// Whether the code that made a stored run still makes the same bits.
package enum CodeDifference: Hashable, Sendable {
  case none
  /// Files that were changed or removed since, relative to the root of the package.
  case changed([String])
  /// The codes cannot be compared, and why.
  case unknown(String)

  /// - Parameters:
  ///   - environment: that the run recorded.
  ///   - codes: the manifests stored beside it.
  init(_ environment: RunEnvironment, codes: CodeStore, built: CodeManifest = .built)
    throws(UserError)
  {
    guard let recorded = environment.code else {
      self = .unknown(
        "they record the commit \(environment.commit.prefix(9)), but not the digest of their code, "
          + "as runs of earlier versions; \"results pack\" in a full clone adds it")
      return
    }
    let now = built.digest
    let same = EquivalentCode.of(recorded)
    if same.contains(now) {
      self = .none
      return
    }
    // The nearest of the codes that make the same bits as the recorded one.
    var differences: [[String]] = []
    for code in same where codes.contains(code) {
      differences.append(try codes.load(code).changes(in: built))
    }
    switch differences.min(by: { $0.count < $1.count }) {
    case nil:
      self = .unknown(
        "their code has the digest \(recorded.prefix(9)), this program's \(now.prefix(9)), and "
          + "\(codes.url.lastPathComponent)/\(recorded).json, which lists its files, is missing")
    case let files?: self = files.isEmpty ? .none : .changed(files)
    }
  }
}
