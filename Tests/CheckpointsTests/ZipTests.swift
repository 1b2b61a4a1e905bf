import Checkpoints
import Files
import Foundation
import Testing

@Suite struct ZipTests {
  private static let members: [(name: String, contents: Data)] = [
    ("a/zeros.npy", Data(count: 5000)), ("b", Data("short".utf8)), ("empty", Data()),
    ("a/noise", Data((0..<3000).map { UInt8(truncatingIfNeeded: ($0 &* $0 &* 2_654_435) >> 7) })),
  ]

  private static func archive() throws -> Data {
    var writer = ZipWriter()
    for member in members { try writer.add(member.name, member.contents) }
    return writer.finished()
  }

  @Test func membersReadBackTheSame() throws {
    let data = try Self.archive()
    #expect(try data == Self.archive(), "the bytes depend on the members alone")
    #expect(data.count < 4500, "zeros take no room")
    let archive = try ZipArchive(data)
    #expect(archive.names == ["a/noise", "a/zeros.npy", "b", "empty"])
    for member in Self.members {
      #expect(try archive.contents(of: member.name) == member.contents)
    }
    #expect(try archive.contents(of: "c") == nil)
  }

  /// A changed byte is an error, or is in a field that means nothing to us.
  @Test func noChangedByteChangesContents() throws {
    let whole = try Self.archive()
    for place in stride(from: 0, to: whole.count, by: 3) {
      var data = whole
      data[place] ^= 0x10
      guard let archive = try? ZipArchive(data) else { continue }
      for member in Self.members {
        let contents = try? archive.contents(of: member.name)
        #expect(contents == nil || contents == .some(member.contents), "byte \(place)")
      }
    }
  }

  @Test func everyTruncationIsAnError() throws {
    let whole = try Self.archive()
    for count in stride(from: 0, to: whole.count, by: 5) {
      #expect(throws: UserError.self, "\(count) bytes") { try ZipArchive(whole.prefix(count)) }
    }
  }
}
