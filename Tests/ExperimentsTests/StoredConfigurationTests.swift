import Experiments
import Files
import Foundation
import TestSupport
import Testing

/// Configurations of stored runs are checked as sweep files are.
@Suite struct StoredConfigurationTests {
  /// A stored configuration with some text in place of other.
  private func problem(_ old: String, _ new: String) throws -> String? {
    let text = String(
      decoding: try CanonicalJSON.encode(exampleConfiguration(), pretty: true), as: UTF8.self)
    let changed = text.replacing(old, with: new)
    try #require(changed != text, "\(old) is not in \(text)")
    do throws(UserError) {
      _ = try CanonicalJSON.decode(
        RunConfiguration.self, from: Data(changed.utf8), of: URL(filePath: "/runs/a/config.json"))
    } catch { return error.description }
    return nil
  }

  @Test func soundOneIsRead() throws {
    let example = exampleConfiguration()
    let data = try CanonicalJSON.encode(example)
    #expect(
      try CanonicalJSON.decode(RunConfiguration.self, from: data, of: URL(filePath: "x")) == example
    )
  }

  @Test(arguments: ["0", "-1", "4611686018427387904", "15", "4097"])
  func extentsAreThoseOfSweepFiles(value: String) throws {
    for key in ["height", "width"] {
      let example = exampleConfiguration().data
      let size = key == "height" ? example.height : example.width
      let line = try problem("\"\(key)\" : \(size)", "\"\(key)\" : \(value)")
      #expect(
        line == "/runs/a/config.json: is damaged: 'data.\(key)' is \(value): it must be from 16 to "
          + "4096", "\(line ?? "nothing")")
    }
  }

  @Test func otherValuesAreChecked() throws {
    let example = exampleConfiguration()
    let training = example.training
    for (key, old, values) in [
      ("batch", "\(training.batch)", ["0", "1", "-4", "4611686018427387904"]),
      ("iterations", "\(training.iterations)", ["0", "-1", "100000001"]),
      ("loss", "\"\(example.loss)\"", ["\"\"", "\"a\\nsystem('x')\"", "\"\\u001b[2J\""]),
      ("width", "\(plain(example.width))", ["\"nan\"", "1e300", "0", "-1", "\"inf\""]),
    ] {
      for value in values {
        let line = try problem("\"\(key)\" : \(old)", "\"\(key)\" : \(value)")
        #expect(line?.contains("is damaged: ") == true, "\(key) \(value): \(line ?? "read")")
      }
    }
    for value in ["\"../../x\"", "\"a\\nb\"", "\"\"", "\"-x\""] {
      let line = try problem("\"name\" : \"\(example.data.name)\"", "\"name\" : \(value)")
      #expect(line?.contains("'data.name'") == true, "\(line ?? "read")")
    }
    let line = try problem(
      "\"evaluate\" :", "\"evaluateLimit\" : -1,\n    \"evaluate\" :")
    #expect(line?.contains("'data.evaluateLimit' is -1") == true, "\(line ?? "read")")
  }

  @Test(arguments: [
    "../../x", "", "/etc", "..", "a/../../b", ".hidden", "\"a\\nsystem('x')\\n#\"", "a//b", "\" \"",
    "\"\\e[2J\"",
  ])
  func namesOfSweepsStayInResults(name: String) throws {
    let text = """
      name: \(name.isEmpty ? "''" : name)
      seeds: [1]
      backbones: [resnet18]
      losses: [ce]
      training: {iterations: 1, batch: 2, learning_rate: 1e-3}
      datasets:
        camvid: {source: real, size: [32, 32]}

      """
    let line = failure { _ = try Sweep(yaml: text, file: "s.yml") }
    #expect(line?.hasPrefix("s.yml:1:7: ") == true, "\(line ?? "read")")
    #expect(line?.contains("is not a valid name") == true)
  }

  @Test func dataOfADataSetIsProtected() throws {
    let folder = try TemporaryFolder()
    var guarded = ProtectedFolders()
    let held = folder.file("data/testannot")
    try AtomicFile.createFolder(held)
    guarded.add(folders: [held], of: "camvid")
    try FileManager.default.createSymbolicLink(
      at: folder.file("link"), withDestinationURL: held)
    #expect(throws: Never.self) { try guarded.check(folder.file("other/0.png")) }
    for path in ["data/testannot/0.png", "link/0.png", "data/x/../testannot/new.png"] {
      let line = failure { try guarded.check(folder.file(path)) }
      #expect(line?.contains("files of the data set camvid") == true, "\(path): \(line ?? "")")
    }
  }
}
