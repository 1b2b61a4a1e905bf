import Checkpoints
import Experiments
import Files
import Foundation
import TestSupport
import Testing

/// Arrays without a value, whose other extents say anything.
@Suite("Extents of stored arrays")
struct StoredArraysTests {
  private let temporary: TemporaryFolder
  private let folder: RunFolder

  init() throws {
    temporary = try TemporaryFolder()
    folder = try RunFolder(SweepFolder(temporary.url), configuration: exampleConfiguration())
    try storeExample(folder)
  }

  private func npy(_ type: String, _ shape: [Int]) -> Data {
    let header =
      "{'descr': '\(type)', 'fortran_order': False, 'shape': "
      + "(\(shape.map { "\($0)," }.joined())), }\n"
    return Data([0x93]) + Data("NUMPY".utf8) + Data([1, 0, UInt8(header.utf8.count), 0])
      + Data(header.utf8)
  }

  /// Replaces members of the archive in a record without digests, as of earlier versions.
  private func load(with members: [String: Data]) throws {
    let file = folder.file("arrays.npz")
    let archive = try ZipArchive(Data(contentsOf: file))
    var zip = ZipWriter()
    for name in archive.names where members[name] == nil {
      try zip.add(name, try archive.contents(of: name) ?? Data())
    }
    for (name, contents) in members { try zip.add(name, contents) }
    try zip.finished().write(to: file)
    let run = folder.file("run.json")
    var fields =
      try JSONSerialization.jsonObject(with: Data(contentsOf: run)) as? [String: Any] ?? [:]
    for key in ["seal", "arrays"] { fields[key] = nil }
    try JSONSerialization.data(withJSONObject: fields).write(to: run)
    _ = try RunFolder.load(folder.url)
  }

  @Test func otherwiseItLoads() throws { try load(with: [:]) }

  @Test func predictionsOfNoImage() throws {
    let side = 1 << 62
    let problem = failure {
      try load(with: [
        "pictured.npy": npy("<i4", [0]), "predictions.npy": npy("|u1", [0, side, side]),
      ])
    }
    #expect(problem?.contains("predictions of invalid shape") == true, "\(problem ?? "")")
  }

  @Test(.timeLimit(.minutes(1))) func boundariesOfNoClass() throws {
    let problem = failure { try load(with: ["boundary.npy": npy("<i4", [1 << 40, 0, 3])]) }
    #expect(problem?.contains("no valid boundary counts") == true, "\(problem ?? "")")
  }
}
