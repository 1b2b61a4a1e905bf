import Checkpoints
import Foundation
import Testing

/// Event files in their own terms; `TensorBoardReadsTests` reads them by the `tensorboard` package.
@Suite struct TensorBoardTests {
  private let folder = FileManager.default.temporaryDirectory.appending(
    path: "recallbench-events-\(UUID().uuidString)")

  /// The check value of CRC-32C, and three of RFC 3720, appendix B.4.
  @Test func checksumsAreThoseOfTheStandard() {
    #expect(CRC32C.checksum(Data("123456789".utf8)) == 0xE306_9283)
    #expect(CRC32C.checksum(Data(repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(CRC32C.checksum(Data(repeating: 0xFF, count: 32)) == 0x62A8_AB43)
    #expect(CRC32C.checksum(Data(0..<32)) == 0x46DD_794E)
    #expect(CRC32C.checksum(Data()) == 0)
  }

  @Test func recordsAreReadUpToTheFirstDamage() {
    let records = [Data("first".utf8), Data(), Data(repeating: 7, count: 300)]
    let file = Data(records.map(TensorBoardRecords.frame).joined())
    #expect(file.count == 3 * 16 + 305)
    #expect(file.prefix(8) == Data([5, 0, 0, 0, 0, 0, 0, 0]))
    #expect(TensorBoardRecords.read(file).records == records)
    #expect(TensorBoardRecords.read(file).size == file.count)
    #expect(TensorBoardRecords.read(file.dropLast()).records == Array(records.prefix(2)))
    #expect(TensorBoardRecords.read(file.dropLast()).size == 2 * 16 + 5)
    for place in [0, 9, 12, 18] {
      var damaged = file
      damaged[place] ^= 1
      #expect(TensorBoardRecords.read(damaged).records.isEmpty, "\(place)")
    }
    #expect(TensorBoardRecords.read(Data()).size == 0)
  }

  private func events(_ steps: ClosedRange<Int>, time: Double = 100) -> [TensorBoardEvent] {
    steps.map {
      TensorBoardEvent(
        step: $0, time: time + Double($0), values: [(tag: "loss", value: .scalar(Float($0)))])
    }
  }

  private func stored() throws -> Data {
    try Data(contentsOf: folder.appending(path: "events.out.tfevents.recallbench"))
  }

  /// As a run is trained, killed while it writes, resumed, and finished twice.
  @Test func eventsAreNeitherRepeatedNorLost() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = TensorBoardFile(in: folder)
    try file.update(events(1...3))
    let first = try stored()
    #expect(TensorBoardRecords.read(first).records.count == 4)
    // A later session has other times.
    try file.update(events(1...5, time: 900))
    let second = try stored()
    #expect(
      second.prefix(first.count) == first && TensorBoardRecords.read(second).records.count == 6)
    try second.dropLast(5).write(to: file.url)
    try file.update(events(1...5, time: 900))
    #expect(try stored() == second)
    try file.update(events(1...5, time: 2000))
    #expect(try stored() == second)
    // A checkpoint from before what is there, and a run that was trained differently.
    try file.update(events(1...2))
    #expect(TensorBoardRecords.read(try stored()).records.count == 3)
    try file.update(events(2...9))
    #expect(TensorBoardRecords.read(try stored()).records.count == 9)
  }

  /// The bytes of a record, written out by hand from the encoding of protocol buffers.
  @Test func recordIsAsTheEncodingSays() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try TensorBoardFile(in: folder).update([
      TensorBoardEvent(step: 300, time: 1, values: [(tag: "a", value: .scalar(1))])
    ])
    let time: [UInt8] = [0x09, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F]
    let summary: [UInt8] = [0x0A, 0x08, 0x0A, 0x01, 0x61, 0x15, 0, 0, 0x80, 0x3F]
    #expect(
      TensorBoardRecords.read(try stored()).records == [
        Data(time + [0x1A, 13] + Array("brain.Event:2".utf8)),
        Data(time + [0x10, 0xAC, 0x02, 0x2A, 10] + summary),
      ])
  }
}
