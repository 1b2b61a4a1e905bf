import Foundation
import Report
import TestSupport
import Testing

/// Whether a picture of gnuplot's is whole; it does not say so itself.
@Suite struct DrawnFileTests {
  private func figure(_ type: String) throws -> Data {
    let folder = try SyntheticSweep.folder()
    try writeReport(SyntheticSweep.clustered([(.camvid, .resnet18)]), to: folder)
    return try Data(contentsOf: folder.appending(path: "figures/scatter.\(type)"))
  }

  @Test(.enabled(if: gnuplot != nil, "gnuplot is not installed"), arguments: ["png", "pdf", "svg"])
  func aMissingBlockIsNoticed(type: String) throws {
    let whole = try figure(type)
    #expect(DrawnFile.isWhole(whole, type: type))
    #expect(!DrawnFile.isWhole(Data(), type: type))
    // In the middle of a long line, nothing tells it from a whole one.
    let step = type == "svg" ? whole.count : 4096
    for start in stride(from: 0, to: whole.count, by: step) {
      var broken = whole
      broken.removeSubrange(start..<min(start + step, whole.count))
      #expect(!DrawnFile.isWhole(broken, type: type), "without the bytes from \(start) on")
    }
    for count in [7, 100] {
      #expect(!DrawnFile.isWhole(whole.dropLast(count), type: type))
    }
  }
}
