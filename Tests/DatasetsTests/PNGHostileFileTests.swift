import Datasets
import Files
import Foundation
import Testing

@Suite struct PNGHostileFileTests {
  /// Every reader must refuse the file with an error that names it.
  private func expectRefusal(_ bytes: Data?, _ words: String) throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("bad.png")
      if let bytes { try bytes.write(to: url) }
      for read in [
        { _ = try PNG.read(url) }, { _ = try PNG.readIndices(url) }, { _ = try PNG.readColor(url) },
      ] {
        let error = #expect(throws: UserError.self) { try read() }
        #expect(error?.path == url.path)
        #expect(error?.problem.contains(words) == true, "\(error?.problem ?? "")")
        #expect(error?.description.contains("\n") == false)
      }
    }
  }

  private func sound(_ name: String = "rgb8") throws -> Data {
    try Data(contentsOf: PNGFixtureTests.url(name))
  }

  @Test func missingFile() throws { try expectRefusal(nil, "no such file") }
  @Test func emptyFile() throws { try expectRefusal(Data(), "is empty") }
  @Test func notAPNG() throws { try expectRefusal(Data("JFIF, honestly".utf8), "not a PNG") }

  @Test func aFolder() throws {
    try withTemporaryFolder { folder in
      let error = #expect(throws: UserError.self) { try PNG.read(folder) }
      #expect(error == UserError(path: folder.path, problem: "is a folder, not a PNG file"))
    }
  }

  @Test("A file cut anywhere is refused", arguments: ["rgb8", "rgb8i", "palette4", "gray16"])
  func truncated(name: String) throws {
    let whole = try sound(name)
    for length in stride(from: 9, to: whole.count, by: 5) + [whole.count - 1] {
      try expectRefusal(whole.prefix(length), "damaged PNG file")
    }
  }

  @Test func damagedPixels() throws {
    var bytes = try sound()
    bytes[bytes.count - 30] ^= 0x55
    try expectRefusal(bytes, "damaged PNG file")
  }

  @Test func damagedHeader() throws {
    var bytes = try sound()
    bytes[24] = 3
    try expectRefusal(bytes, "damaged PNG file")
  }

  /// The header of a 1-bit gray image of that size, its checksum right, and nothing else.
  private func header(width: UInt32, height: UInt32) -> Data {
    var chunk = Data("IHDR".utf8)
    for side in [width, height] {
      for shift in [24, 16, 8, 0] { chunk.append(UInt8(side >> shift & 255)) }
    }
    chunk.append(contentsOf: [1, 0, 0, 0, 0])
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in chunk {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    crc = ~crc
    for shift in [24, 16, 8, 0] as [UInt32] { chunk.append(UInt8(crc >> shift & 255)) }
    let signature = Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13])
    let data = Data([0, 0, 0, 0]) + Data("IDAT".utf8) + Data([0x35, 0xAF, 0x06, 0x1E])
    return signature + chunk + data
  }

  @Test("Absurd sizes are refused before memory is asked for")
  func absurdSizes() throws {
    try expectRefusal(header(width: 0x7FFF_FFFF, height: 0x7FFF_FFFF), "damaged PNG file")
    try expectRefusal(header(width: 0, height: 10), "damaged PNG file")
    try expectRefusal(header(width: 60_000, height: 60_000), "60000 x 60000 pixels are more than")
  }

  /// Some hundred bytes cannot hold 1.5 GB: deflate shrinks data by a factor of at most 1032.
  @Test func sizeThatTheDataCannotHoldIsRefused() throws {
    let bomb = PalettePNG.file(width: 14_000, height: 14_000, depth: 16, colorType: 6, rows: [0])
    try expectRefusal(bomb, "14000 x 14000 pixels, more than its")
    try expectRefusal(header(width: 3000, height: 3000), "damaged PNG file")
  }

  /// libpng asks for the stated memory of a text before it looks for its bytes.
  @Test(arguments: ["tEXt", "zTXt", "iCCP", "eXIf", "sPLT", "abCd"])
  func statedSizeOfAChunkAllocatesNothing(name: String) throws {
    let whole = try sound()
    let chunk = Data([0x7f, 0, 0, 12]) + Data(name.utf8) + Data("Title\0".utf8)
    let before = peakMemory
    try expectRefusal(whole.prefix(33) + chunk + whole.dropFirst(33), "damaged PNG file")
    #expect(peakMemory - before < 1_000_000_000)
  }

  /// Bytes.
  private var peakMemory: Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss << 10
  }

  /// A file with a hole, which takes no place on the disk.
  @Test func largeFileIsNotRead() throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("large.png")
      try sound().write(to: url)
      truncate(url.path, off_t(3) << 30)
      let error = #expect(throws: UserError.self) { try PNG.read(url) }
      #expect(error?.problem == "has more than the 2048 MB allowed")
    }
  }

  @Test func sizesAreComparedBeforeDecoding() throws {
    try withTemporaryFolder { root in
      try Layouts.camvid(root, train: 1)
      let label = root.appendingPathComponent("trainannot/0000.png")
      // Its samples cannot be decoded, but that is not what is said.
      try PalettePNG.file(width: 99, height: 77, depth: 8, colorType: 0, rows: [0]).write(to: label)
      let dataset = try CamVidDataset(root: root)
      let error = #expect(throws: UserError.self) {
        try LabeledImage(reading: dataset.items(.train)[0], of: dataset)
      }
      #expect(error?.problem.hasSuffix("is 99 x 77") == true)
    }
  }

  /// 14,000 x 14,000 colors of half a megabyte would take more than two gigabytes.
  @Test(arguments: [2, 4, 6] as [UInt8])
  func channelsAreCountedBeforeDecoding(colorType: UInt8) throws {
    try withTemporaryFolder { root in
      try Layouts.camvid(root, train: 1)
      let dataset = try CamVidDataset(root: root)
      let item = try dataset.items(.train)[0]
      try PalettePNG.file(width: 99, height: 77, depth: 8, colorType: colorType, rows: [0])
        .write(to: item.label)
      let error = #expect(throws: UserError.self) { try dataset.readLabels(item) }
      let channels = [2: 3, 4: 2, 6: 4][colorType] ?? 0
      #expect(error?.problem.hasPrefix("has \(channels) channels, but a CamVid") == true)
    }
  }

  @Test("Reading goes on after many refusals")
  func manyRefusals() throws {
    let half = try sound().prefix(90)
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("half.png")
      try half.write(to: url)
      for _ in 0..<300 { #expect(throws: UserError.self) { try PNG.read(url) } }
      #expect(
        try PNG.read(PNGFixtureTests.url("rgb8")).samples
          == PNGFixtureTests.samples(channels: 3, bits: 8))
    }
  }
}
