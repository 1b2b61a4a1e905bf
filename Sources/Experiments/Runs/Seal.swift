import Checkpoints
import Files
import Foundation

/// A digest of arrays and of the text stored with them, which tells whether a file still holds what
/// was written: XXH64 over a line for each array with its name, shape and the XXH64 of its values.
func contentSeal(of arrays: [NamedArray], _ text: [String]) -> String {
  let lines = arrays.sorted { $0.name < $1.name }.map {
    "\($0.name) \($0.shape) \(xxh64($0.values))"
  }
  return xxh64(Data((lines + text).joined(separator: "\n").utf8))
}

/// The key of the seal in the metadata of a file of arrays.
let sealKey = "seal"

/// - Parameter expected: the seal as stored; nil in files from earlier versions, which have none.
/// - Throws: `UserError` if the file does not hold what was written.
func checkSeal(_ seal: String, is expected: String?, of url: URL) throws(UserError) {
  guard let expected, expected != seal else { return }
  throw UserError(
    path: url.path,
    problem: "is damaged: it does not hold what was written (seal \(expected), now \(seal))")
}

extension RunManifest {
  /// The SHA-256 of the canonical JSON without the seal.
  private var expectedSeal: String {
    get throws {
      var open = self
      open.seal = nil
      return sha256(try CanonicalJSON.encode(open))
    }
  }

  /// - Parameter members: the members of the archive with the run's arrays.
  mutating func close(over members: [(name: String, contents: Data)]) throws {
    arrays = Dictionary(uniqueKeysWithValues: members.map { ($0.name, xxh64($0.contents)) })
    seal = try expectedSeal
  }

  /// - Throws: `UserError` if the manifest is not as it was written. Those of earlier versions, which
  ///   have no seal, are only checked for the digest in their name.
  func check(_ url: URL) throws {
    if let seal, try seal != expectedSeal {
      throw UserError(
        path: url.path,
        problem: "is damaged or was edited: \(run) does not match its seal; train the run again")
    }
    guard try configuration.fits(run) else {
      throw UserError(
        path: url.path,
        problem:
          "is damaged or was edited: the configuration of \(run) does not match the digest in "
          + "its name; train the run again")
    }
  }
}
