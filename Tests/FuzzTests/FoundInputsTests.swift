import Files
import Foundation
import FuzzTargets
import Testing

/// Every input on which something once went wrong ends in a value or in one line for the user.
@Suite("Found inputs")
struct FoundInputsTests {
  static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures")

  static let found: [URL] = {
    let folder = fixtures.appending(path: "fuzz")
    let paths = (try? FileManager.default.subpathsOfDirectory(atPath: folder.path)) ?? []
    return paths.filter { $0.contains("/") }.sorted().map { folder.appending(path: $0) }
  }()

  @Test("is a value or an error for the user", arguments: found)
  func isReadOrRefused(file: URL) throws {
    let name = file.deletingLastPathComponent().lastPathComponent
    let target = try #require(FuzzTarget.named(name), "there is no target \(name)")
    let place = try FuzzPlace()
    defer { place.remove() }
    let start = ContinuousClock.now
    if case .other(let error) = target.outcome(try Data(contentsOf: file), place) {
      Issue.record("\(error)")
    }
    #expect(ContinuousClock.now - start < .seconds(10))
  }

  @Test func allAreThere() { #expect(!Self.found.isEmpty) }

  /// Nothing is tested where even an unchanged file is refused.
  @Test("reads its seeds", arguments: FuzzTarget.all.map(\.name))
  func seedsAreRead(name: String) throws {
    let target = try #require(FuzzTarget.named(name))
    let place = try FuzzPlace()
    defer { place.remove() }
    var sequence = try FuzzSequence(
      target, fixtures: Self.fixtures, place: place, seed: 1, start: 0)
    let outcomes = (0..<2).map { _ in target.outcome(sequence.next(), place) }
    #expect(outcomes.contains { if case .value = $0 { true } else { false } }, "\(outcomes)")
  }
}
