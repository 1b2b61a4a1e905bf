import Foundation
import Testing

/// Stored results and reports may be published: nothing in them names the machine, its folders or
/// its users.
@Suite struct PrivacyTests {
  private let place: Workplace

  init() throws {
    place = try Workplace()
    let data = place.url.path + "/camvid"
    for arguments in [
      [
        "sweep", "tiny.yml", "--camvid", data, "--output", place.url.path + "/out", "--tensorboard",
      ],
      ["report", place.url.path + "/out"],
      [
        "compare", "--sweep", "tiny.yml", "--camvid", data, "--output", "mine", "--loss", "recall",
        "--against", "ce", "--baselines", place.url.path + "/out",
      ],
    ] {
      let result = try Command.run(arguments, in: place.url)
      try #require(result.status == 0, "\(result.errors)")
    }
  }

  private var host: String { ProcessInfo.processInfo.hostName }

  /// A user's name as a part of a path; the name alone may be a word of the text.
  private var texts: [String] {
    let machine = [place.url.path, place.url.lastPathComponent, "/home/", "/root/"]
    // A name such as "vm" may be a part of another word.
    return host.count > 5 ? machine + [host] : machine
  }

  @Test func resultsNameNoFolderHostOrUser() throws {
    var files = 0
    for folder in ["out", "mine"] {
      let names = try FileManager.default.subpathsOfDirectory(atPath: place.file(folder).path)
      for name in names {
        guard let data = FileManager.default.contents(atPath: place.file("\(folder)/\(name)").path)
        else { continue }
        files += 1
        for text in texts {
          #expect(data.range(of: Data(text.utf8)) == nil, "\(folder)/\(name) holds \(text)")
        }
      }
    }
    #expect(files > 50)
  }

  @Test func failedRunsDoNotEither() throws {
    try place.writeLabels("camvid/testannot/0.png", index: 0, id: 99)
    let data = place.url.path + "/camvid"
    let sweep = ["sweep", "tiny.yml", "--camvid", data, "--output", "failed"]
    #expect(try Command.run(sweep, in: place.url).status == 1)
    #expect(try Command.run(["report", "failed"], in: place.url).status == 0)
    let names = try FileManager.default.subpathsOfDirectory(atPath: place.file("failed").path)
    for name in names {
      let file = place.file("failed/\(name)").path
      let data = FileManager.default.contents(atPath: file) ?? Data()
      #expect(data.range(of: Data(place.url.path.utf8)) == nil, "\(name)")
    }
  }
}
